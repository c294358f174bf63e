// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the operations that read nothing: put in the place of others and
 * taken out again, also when memory runs out, when there are too many kinds, or when the
 * filesystem sets its own in between
 */

struct inode {
	int torn;
};

struct folio {
	struct address_space *mapping;
	bool locked;
};

struct file;

struct readahead_control {
	struct address_space *mapping;
};

struct address_space_operations {
	int (*read_folio)(struct file *file, struct folio *folio);
	void (*readahead)(struct readahead_control *rac);
	int other;
};

struct address_space {
	struct inode *host;
	const struct address_space_operations *a_ops;
};

#define DEFINE_MUTEX(name)		struct mutex name __attribute__((unused))
#define LIST_HEAD(name)			struct list_head name = LIST_HEAD_INIT(name)
#define INIT_LIST_HEAD(list)		((list)->next = (list)->prev = (list))
#define list_add(new, head)		list_add_rcu(new, head)
#define kmalloc(size, flags)		stub_alloc(size)
/* There is one processor */
#define smp_mb()			((void)0)
#define folio_unlock(folio)		((void)((folio)->locked = false))

/* Set by the filesystem just before the exchange, if not NULL */
static const struct address_space_operations *set_meanwhile;

static const void *exchange(const void **at, const void *old, const void *new)
{
	const void *found;

	if (set_meanwhile)
		*at = set_meanwhile;
	set_meanwhile = NULL;
	found = *at;
	if (found == old)
		*at = new;
	return found;
}

#define cmpxchg(at, old, new)	exchange((const void **)(at), old, new)

#define _RIVET_MEASURE_END_H
#define _RIVET_MEASURE_TABLE_H
static void rivet_measure_tear(struct inode *inode)
{
	inode->torn++;
}

#include "measure/closed.c"

static int read_it(struct file *file, struct folio *folio)
{
	return 0;
}

static void read_ahead(struct readahead_control *rac)
{
}

#define KINDS	(CLOSED_MAX + 1)

static struct address_space_operations kinds[KINDS];
static struct inode inode;
static struct address_space mapping = { .host = &inode };

static void start(unsigned int kind)
{
	mapping.a_ops = &kinds[kind];
}

static bool is_open(unsigned int kind)
{
	return mapping.a_ops == &kinds[kind] && !rivet_closed_is(&mapping);
}

static void test_in_and_out(void)
{
	struct folio folio = { .mapping = &mapping, .locked = true };
	struct readahead_control rac = { .mapping = &mapping };
	const struct address_space_operations *closed;

	start(0);
	unit_ok(!rivet_closed_is(&mapping), "a mapping is open");
	unit_eq(rivet_closed_close(&mapping), 0, "it is closed");
	closed = mapping.a_ops;
	unit_ok(rivet_closed_is(&mapping) && closed->other == kinds[0].other,
		"with all other operations");
	unit_ok(closed->read_folio(NULL, &folio) == -EIO && !folio.locked && inode.torn == 1,
		"a page is not read, and the attempt is noted");
	closed->readahead(&rac);
	unit_eq(inode.torn, 2, "none is read ahead");
	unit_eq(rivet_closed_close(&mapping), 0, "closed again");
	unit_ok(mapping.a_ops == closed, "it stays as it is");
	rivet_closed_open(&mapping);
	unit_ok(is_open(0), "it is opened");
	rivet_closed_open(&mapping);
	unit_ok(is_open(0), "opened again it stays as it is");
	rivet_closed_close(&mapping);
	unit_ok(mapping.a_ops == closed && closed_count == 1, "there is one copy of a kind");
	rivet_closed_open(&mapping);
}

/* A filesystem's module that is loaded again, at the same address */
static void test_loaded_again(void)
{
	const struct address_space_operations *before;

	start(0);
	rivet_closed_close(&mapping);
	before = mapping.a_ops;
	rivet_closed_open(&mapping);
	kinds[0].other = -1;
	rivet_closed_close(&mapping);
	unit_ok(mapping.a_ops != before && mapping.a_ops->other == -1,
		"other operations at the same address are another kind");
	rivet_closed_open(&mapping);
	unit_ok(is_open(0), "and are opened as they are");
}

static void test_set_meanwhile(void)
{
	start(1);
	set_meanwhile = &kinds[2];
	unit_eq(rivet_closed_close(&mapping), -EAGAIN, "set by the filesystem while it is closed");
	unit_ok(is_open(2), "its operations stay");
	rivet_closed_close(&mapping);
	set_meanwhile = &kinds[1];
	rivet_closed_open(&mapping);
	unit_ok(is_open(1), "set while it is opened they stay, too");
}

static void test_too_many(void)
{
	unsigned int i;
	int err = 0;

	start(3);
	stub_memory = 0;
	unit_eq(rivet_closed_close(&mapping), -ENOMEM, "no memory");
	stub_memory = -1;
	unit_ok(is_open(3), "no memory: it stays open");
	for (i = 0; i < KINDS && !err; i++) {
		start(i);
		err = rivet_closed_close(&mapping);
	}
	unit_eq(err, -ENOSPC, "too many kinds");
	unit_eq(closed_count, CLOSED_MAX, "as many as may be");
	unit_ok(is_open(i - 1), "too many kinds: it stays open");
	start(0);
	unit_eq(rivet_closed_close(&mapping), 0, "one that is known is closed still");
	rivet_closed_open(&mapping);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++)
		kinds[i] = (struct address_space_operations){ read_it, read_ahead, i };
	test_in_and_out();
	test_loaded_again();
	test_set_meanwhile();
	test_too_many();
	rivet_closed_exit();
	unit_ok(!closed_count && closed_list.next == &closed_list, "unloaded, nothing is left");
	return unit_done();
}
