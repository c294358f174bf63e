// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/closed: mappings into which nothing is read
 *
 * A copy replaces the operations of the mapping. In the copy the functions that read
 * return an error. A page that is removed by force (a memory failure, truncation, invalidation)
 * then leaves a hole: a task that touches the hole gets SIGBUS, not unmeasured bytes.
 *
 * The kernel loads the operations of a mapping after it has inserted the folio that it
 * is going to fill. So a look at the page cache after the closing finds every folio that was
 * inserted before it, and a folio that is inserted later is not filled. The exception is
 * read_cache_folio(), for uprobes, FIDEDUPERANGE and build IDs: it loads read_folio first, and
 * may then sleep, for memory or for a locked folio. A task that does so across the closing
 *
 * - fills no folio that is there at the look: those are all held and up to date, and it tests
 *   that under the folio's lock;
 * - inserts none while the folio of the index stays, and only force removes one that is held;
 * - so it can fill a hole only if a folio is removed by force after the look while the task has
 *   been kept from running since before the closing. nrpages is then as before. This case is
 *   not prevented: no callback tells of the removal, or of the insertion.
 *
 * Apart from these only writers of the file keep a pointer to the operations while they
 * sleep. They opened the file for writing, which opens the mapping again first (see
 * measure/resident.h). Checked in 6.1, 6.12 and 7.3, like the above: none of ext4, xfs,
 * btrfs, f2fs, vfat, squashfs, erofs, isofs, ubifs, jffs2 and ramfs compares the operations
 * of a regular file with its own. The kernel recognises shmem (tmpfs) by them, so mappings
 * of shmem are never closed. Two cases set them later: ext4, when its journalling of data
 * changes for a file (hook/ioctl.c refuses that), and xfs and ext4 with DAX, whose mappings
 * are not closed either.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "measure/closed.h"
#include "measure/end.h"
#include "measure/table.h"

#define CLOSED_MAX	256	/* kinds of mappings: a filesystem has one to four */

/**
 * struct closed - the operations of one kind of mapping, closed
 *
 * Never changed once it is in the list, and never freed before unload: the kernel may be
 * executing one of its functions. A filesystem's module that is loaded again may have other
 * operations at the same address, so both the address and the members are compared.
 *
 * @node: in closed_list
 * @original: the operations that it replaces
 * @copy: their members when the copy was made
 * @ops: the same, but for those that read
 */
struct closed {
	struct list_head node;
	const struct address_space_operations *original;
	struct address_space_operations copy;
	struct address_space_operations ops;
};

static LIST_HEAD(closed_list);
static unsigned int closed_count;	/* in the list */
static DEFINE_MUTEX(closed_lock);	/* protects both; a leaf lock */

static int closed_read_folio(struct file *file, struct folio *folio)
{
	rivet_measure_tear(folio->mapping->host);
	folio_unlock(folio);
	return -EIO;
}

static void closed_readahead(struct readahead_control *rac)
{
	rivet_measure_tear(rac->mapping->host);
}

static bool ops_are_closed(const struct address_space_operations *ops)
{
	return ops->read_folio == closed_read_folio;
}

static struct closed *find_closed(const struct address_space_operations *original)
{
	struct closed *c;

	lockdep_assert_held(&closed_lock);
	list_for_each_entry(c, &closed_list, node)
		if (c->original == original && !memcmp(&c->copy, original, sizeof(c->copy)))
			return c;
	return NULL;
}

static struct closed *make_closed(const struct address_space_operations *original)
{
	struct closed *c;

	lockdep_assert_held(&closed_lock);
	if (closed_count == CLOSED_MAX)
		return ERR_PTR(-ENOSPC);
	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return ERR_PTR(-ENOMEM);
	c->original = original;
	c->copy = *original;
	c->ops = *original;
	c->ops.read_folio = closed_read_folio;
	c->ops.readahead = closed_readahead;
	list_add(&c->node, &closed_list);
	closed_count++;
	return c;
}

/**
 * rivet_closed_close() - stop reading into a mapping
 * @mapping: of a regular file with pages, not of shmem; the caller is the task that measures it
 *
 * A full barrier: loads after this see every folio that was inserted before.
 *
 * Context: may sleep.
 * Return: 0, also if it is closed already; -ENOMEM; -ENOSPC if there are too many kinds;
 * -EAGAIN if another task changed its operations meanwhile.
 */
int rivet_closed_close(struct address_space *mapping)
{
	const struct address_space_operations *ops = READ_ONCE(mapping->a_ops);
	struct closed *c;

	if (ops_are_closed(ops)) {
		smp_mb();	/* see above */
		return 0;
	}
	mutex_lock(&closed_lock);
	c = find_closed(ops) ?: make_closed(ops);
	mutex_unlock(&closed_lock);
	if (IS_ERR(c))
		return PTR_ERR(c);
	return cmpxchg(&mapping->a_ops, ops, &c->ops) == ops ? 0 : -EAGAIN;
}

/**
 * rivet_closed_open() - let a mapping be read into again
 * @mapping: a mapping; unchanged if it is not closed
 *
 * Context: any.
 */
void rivet_closed_open(struct address_space *mapping)
{
	const struct address_space_operations *ops = READ_ONCE(mapping->a_ops);

	if (ops_are_closed(ops))
		cmpxchg(&mapping->a_ops, ops, container_of(ops, struct closed, ops)->original);
}

/**
 * rivet_closed_is() - check whether a mapping is closed
 * @mapping: the mapping
 *
 * Context: any.
 * Return: true if it is.
 */
bool rivet_closed_is(const struct address_space *mapping)
{
	return ops_are_closed(READ_ONCE(mapping->a_ops));
}

/**
 * rivet_closed_exit() - free the copies
 *
 * Context: may sleep; every mapping has been opened, and an RCU-tasks grace period has passed
 * since, so that no task executes a copied function.
 */
void rivet_closed_exit(void)
{
	struct closed *c, *next;

	list_for_each_entry_safe(c, next, &closed_list, node)
		kfree(c);
	INIT_LIST_HEAD(&closed_list);
	closed_count = 0;
}
