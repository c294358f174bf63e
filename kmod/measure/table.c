// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the table of measurements: the records of live inodes
 *
 * A measurement is published and dropped under the lock of its record and read under RCU. No
 * lock is held while a file is read: one task measures, and the others that want the same
 * file wait for it, killable.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "measure/closed.h"
#include "measure/end.h"
#include "measure/keep.h"
#include "measure/resident.h"
#include "measure/table.h"

u32 rivet_measure_flush_count;

/*
 * The table of records has as many buckets as memory can need, because a table that grows
 * makes each lookup three times as expensive.
 */
#define MEMORY_PER_BUCKET	(32 * 1024)	/* bytes */
#define BUCKET_BITS_MIN		8
#define BUCKET_BITS_MAX		20

struct hlist_head *rivet_measure_buckets __ro_after_init;
unsigned int rivet_measure_shift __ro_after_init;

static u32 record_count;	/* in all buckets */
/* Protects the lists and record_count; a leaf lock. */
static DEFINE_SPINLOCK(table_lock);

static struct rivet_inode *insert_or_find(struct rivet_inode *new)
{
	struct rivet_inode *old;

	spin_lock(&table_lock);
	old = rivet_measure_find(new->inode);
	if (!old) {
		hlist_add_head_rcu(&new->node, rivet_measure_bucket(new->inode));
		record_count++;
	}
	spin_unlock(&table_lock);
	return old ?: new;
}

/**
 * rivet_measure_table_get() - get the record of an inode, or make one
 * @inode: the inode, which the caller holds through an open file, so that the
 *	record remains
 *
 * Context: may sleep.
 * Return: the record, or ERR_PTR(-ENOMEM).
 */
struct rivet_inode *rivet_measure_table_get(struct inode *inode)
{
	struct rivet_inode *ri, *kept;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	rcu_read_unlock();
	if (ri)
		return ri;

	ri = kzalloc(sizeof(*ri), GFP_KERNEL);
	if (!ri)
		return ERR_PTR(-ENOMEM);
	ri->inode = inode;
	spin_lock_init(&ri->lock);
	kept = insert_or_find(ri);
	if (kept != ri)
		kfree(ri);
	return kept;
}

/**
 * rivet_measure_forget() - free the record of an inode that is being freed
 * @inode: the inode; no task has it open or mapped any more
 *
 * The kernel frees an inode, except for its memory, where it may sleep: it has waited for
 * the inode's pages and buffers before.
 *
 * Context: may sleep; locks of filesystems may be held.
 */
void rivet_measure_forget(const struct inode *inode)
{
	struct rivet_resident *held = NULL;
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&table_lock);
		hlist_del_rcu(&ri->node);
		record_count--;
		spin_unlock(&table_lock);
		spin_lock(&ri->lock);
		held = rivet_measure_end_all(ri);
		spin_unlock(&ri->lock);
		kfree_rcu(ri, rcu);
	}
	rcu_read_unlock();
	rivet_resident_put(held);
}

/**
 * rivet_measure_flush() - drop every measurement taken so far
 *
 * Context: any; callers serialise.
 */
void rivet_measure_flush(void)
{
	WRITE_ONCE(rivet_measure_flush_count, rivet_measure_flush_count + 1);
}

/**
 * rivet_measure_count() - count the inodes that have a record
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_measure_count(void)
{
	return READ_ONCE(record_count);
}

/**
 * rivet_measure_table_start() - become the task that measures a file
 * @ri: its record
 * @changes: set to the number of changes of the file by then
 *
 * Context: may sleep; no lock may be held; killable.
 * Return: 0, or -EINTR if the task is being killed.
 */
int rivet_measure_table_start(struct rivet_inode *ri, u32 *changes)
{
	for (;;) {
		bool mine;

		spin_lock(&ri->lock);
		mine = !ri->measuring;
		if (mine)
			ri->measuring = true;
		*changes = ri->life.changes;
		spin_unlock(&ri->lock);
		if (mine)
			return 0;
		if (wait_var_event_killable(&ri->measuring, !READ_ONCE(ri->measuring)))
			return -EINTR;
	}
}

/**
 * rivet_measure_table_stop() - let another task measure
 * @ri: a record on which rivet_measure_table_start() has returned 0
 *
 * Context: any but hard interrupt; takes the record's lock.
 */
void rivet_measure_table_stop(struct rivet_inode *ri)
{
	spin_lock(&ri->lock);
	ri->measuring = false;
	spin_unlock(&ri->lock);
	smp_mb();	/* pairs with that of the waiter, who is in the queue before it looks */
	wake_up_var(&ri->measuring);
}

/* Fails if pages are no longer to be held, or the mapping has been opened meanwhile. */
static bool can_hold(const struct rivet_inode *ri, struct rivet_resident *r)
{
	struct address_space *mapping = ri->inode->i_mapping;

	return (rivet_closed_is(mapping) || shmem_mapping(mapping)) && rivet_keep_add(r);
}

/*
 * From now on the pages of @m are held, if it has some; else the mapping is open. Returns
 * pages that are not held after all.
 */
static struct rivet_resident *begin_holding(struct rivet_inode *ri, struct rivet_measurement *m)
{
	struct address_space *mapping = ri->inode->i_mapping;
	struct rivet_resident *loose = NULL;

	lockdep_assert_held(&ri->lock);
	if (m->resident) {
		m->resident->ri = ri;
		if (!can_hold(ri, m->resident))
			swap(loose, m->resident);
	}
	if (!m->resident)
		rivet_closed_open(mapping);
	if (loose)
		m->ops = NULL;	/* for this one use */
	else if (m->ops)
		m->ops = READ_ONCE(mapping->a_ops);
	if (m->resident && ri->given_back)
		rivet_keep_again();
	ri->given_back = false;
	return loose;
}

/**
 * rivet_measure_table_publish() - make a measurement the current one
 * @ri: record of the file
 * @changes: from rivet_measure_table_start()
 * @m: the measurement, kmalloc'ed; ownership passes with its pages, unless this fails
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: 0, or -ETXTBSY if the file has changed meanwhile.
 */
int rivet_measure_table_publish(struct rivet_inode *ri, u32 changes, struct rivet_measurement *m)
{
	struct rivet_resident *loose = NULL, *before = NULL;
	struct rivet_lookup *found = NULL;
	int err = 0;

	spin_lock(&ri->lock);
	if (rivet_life_publish(&ri->life, changes)) {
		/* A lookup knows its measurement by address, and addresses are reused. */
		found = rcu_replace_pointer(ri->lookup, NULL, lockdep_is_held(&ri->lock));
		loose = begin_holding(ri, m);
		m = rcu_replace_pointer(ri->measurement, m, lockdep_is_held(&ri->lock));
		before = rivet_measure_end(m);
	} else {
		err = -ETXTBSY;
	}
	spin_unlock(&ri->lock);
	rivet_resident_put(loose);
	rivet_resident_put(before);
	if (found)
		kfree_rcu(found, rcu);
	return err;
}

/* A task that gives pages back publishes those still in use again, under the lock. */
static const struct rivet_measurement *peek_under_lock(struct rivet_inode *ri)
{
	const struct rivet_measurement *m;

	spin_lock(&ri->lock);
	m = rcu_dereference_protected(ri->measurement, lockdep_is_held(&ri->lock));
	spin_unlock(&ri->lock);
	return m;
}

/**
 * rivet_measure_published() - get the measurement of a file, be it outdated or not
 * @inode: inode of an open or mapped file
 *
 * Context: any but hard interrupt, under RCU; may take the record's lock.
 * Return: the measurement, which stays for a grace period; or NULL.
 */
const struct rivet_measurement *rivet_measure_published(const struct inode *inode)
{
	struct rivet_inode *ri = rivet_measure_find(inode);

	return ri ? rcu_dereference(ri->measurement) ?: peek_under_lock(ri) : NULL;
}

/* Called under RCU. Returns NULL if no measurement may be relied on. */
static const struct rivet_measurement *current_measurement(const struct inode *inode)
{
	const struct rivet_measurement *m = rivet_measure_published(inode);

	return m && rivet_measure_is_current(m, inode) ? m : NULL;
}

/**
 * rivet_measure_peek() - get the current measurement without reading the file
 * @inode: inode of an open or mapped file
 * @out: the measurement
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: true if there is one that may be relied on.
 */
bool rivet_measure_peek(struct inode *inode, struct rivet_measurement *out)
{
	const struct rivet_measurement *m;

	rcu_read_lock();
	m = current_measurement(inode);
	if (m)
		*out = *m;
	rcu_read_unlock();
	return m;
}

/**
 * rivet_measure_peek_digests() - get only the digests of the current measurement
 * @inode: inode of an open or mapped file
 * @sha256: set to its digest, or RIVET_DIGEST_NONE
 * @verity: set to its fs-verity digest, or RIVET_DIGEST_NONE
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: true if there is one that may be relied on.
 */
bool rivet_measure_peek_digests(struct inode *inode, struct rivet_digest *sha256,
				struct rivet_digest *verity)
{
	const struct rivet_measurement *m;

	rcu_read_lock();
	m = current_measurement(inode);
	if (m) {
		*sha256 = m->sha256;
		*verity = m->verity;
	}
	rcu_read_unlock();
	return m;
}

static bool same_measurement(const struct rivet_measurement *a, const struct rivet_measurement *b)
{
	return a->flush == b->flush && a->size == b->size && a->cookie == b->cookie &&
	       rivet_digest_equal(&a->sha256, &b->sha256) &&
	       rivet_digest_equal(&a->verity, &b->verity);
}

static bool same_lookup(const struct rivet_lookup *a, const struct rivet_lookup *b)
{
	return a->generation == b->generation && a->valid_until == b->valid_until &&
	       a->measurement == b->measurement && a->dentry == b->dentry &&
	       a->parent == b->parent && a->hash_len == b->hash_len &&
	       a->rename_seq == b->rename_seq && a->uses == b->uses;
}

/*
 * Publishes @copy, unless it is NULL or the published one says the same; returns the lookup that
 * the caller frees. @found gets the serial of the published one, or 0.
 */
static struct rivet_lookup *keep_lookup(struct rivet_inode *ri, struct rivet_lookup *copy,
					const struct rivet_measurement *of,
					struct rivet_lookup *found)
{
	const struct rivet_lookup *now = rcu_dereference_protected(ri->lookup,
								   lockdep_is_held(&ri->lock));

	found->serial = copy ? copy->serial : 0;
	if (!copy)
		return NULL;
	copy->measurement = of;
	if (now && same_lookup(now, copy)) {
		found->serial = now->serial;
		return copy;
	}
	return rcu_replace_pointer(ri->lookup, copy, lockdep_is_held(&ri->lock));
}

/**
 * rivet_measure_match() - permit a use of a file for its bytes
 * @inode: inode of an open or mapped file
 * @m: the measurement that was looked up
 * @found: the answer; a copy is kept for the next time, if there is memory. Its serial becomes
 *	that of the lookup that is kept; 0 if none is
 * @to_read: the file is being opened to be read
 *
 * Context: may allocate without sleeping; takes the record's lock.
 * Return: true if permitted; false if the file has changed meanwhile, or has a writer.
 */
bool rivet_measure_match(struct inode *inode, const struct rivet_measurement *m,
			 struct rivet_lookup *found, bool to_read)
{
	struct rivet_lookup *copy = kmemdup(found, sizeof(*found), GFP_ATOMIC | __GFP_NOWARN);
	struct rivet_measurement *now;
	struct rivet_inode *ri;
	bool matched = false;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		now = rcu_dereference_protected(ri->measurement, lockdep_is_held(&ri->lock));
		matched = rivet_life_match(&ri->life, now && same_measurement(now, m),
					   atomic_read(&inode->i_writecount), to_read);
		if (matched) {
			rivet_measure_note_use(now);
			/* An answer that allows nothing takes the place of none. */
			if (found->uses)
				copy = keep_lookup(ri, copy, now, found);
			else
				found->serial = 0;
		}
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	if (copy)
		kfree_rcu(copy, rcu);
	return matched;
}

/**
 * rivet_measure_is_unchanged() - check that nobody could write to a file since it was measured
 * @inode: inode of an open or mapped file
 * @m: a measurement, which need not be published
 *
 * A writer that comes and goes counts, too: its open is a change.
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: true if nobody could.
 */
bool rivet_measure_is_unchanged(const struct inode *inode, const struct rivet_measurement *m)
{
	struct rivet_inode *ri;
	bool same = false;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		same = ri->life.changes == m->changes && atomic_read(&inode->i_writecount) <= 0;
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	return same;
}

/**
 * rivet_measure_table_init() - make the table
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_measure_table_init(void)
{
	unsigned long wanted = totalram_pages() / (MEMORY_PER_BUCKET / PAGE_SIZE) + 1;
	unsigned int bits = clamp_t(unsigned int, ilog2(wanted), BUCKET_BITS_MIN, BUCKET_BITS_MAX);

	rivet_measure_shift = 64 - bits;
	rivet_measure_buckets = kvcalloc(1UL << bits, sizeof(*rivet_measure_buckets), GFP_KERNEL);
	return rivet_measure_buckets ? 0 : -ENOMEM;
}

static void free_bucket(struct hlist_head *bucket)
{
	struct rivet_inode *ri;
	struct hlist_node *next;

	hlist_for_each_entry_safe(ri, next, bucket, node) {
		/* No pages are held in audit mode, nor at unload. */
		kfree(rcu_access_pointer(ri->measurement));
		kfree(rcu_access_pointer(ri->lookup));
		kfree(ri);
	}
}

/**
 * rivet_measure_table_exit() - free the table and all records
 *
 * Context: may sleep; all hooks are detached and no handler runs any more.
 */
void rivet_measure_table_exit(void)
{
	unsigned int i;

	for (i = 0; i < 1U << (64 - rivet_measure_shift); i++)
		free_bucket(&rivet_measure_buckets[i]);
	kvfree(rivet_measure_buckets);
}
