/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - the table of measurements: the records of live inodes
 *
 * A measurement does not depend on policy or RIVs; it dies only when the
 * content may have changed.
 */
#ifndef _RIVET_MEASURE_TABLE_H
#define _RIVET_MEASURE_TABLE_H

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/iversion.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "measure/life.h"
#include "text/digest.h"

/**
 * struct rivet_measurement - the digests of a file's content at one moment
 *
 * Immutable, but for @ops and @used. Published in rivet_inode.measurement, freed after a
 * grace period.
 *
 * @rcu: frees it
 * @ops: operations of the mapping since it was published; NULL after an attempt to read into
 *	a closed mapping, or if it is not to be used again
 * @resident: the measured pages, which are held as long as this is published, see struct
 *	rivet_resident; NULL if they are not
 * @used: it has answered since the last pass of the clock of measure/keep.c; a hint
 * @plain_stack: with @resident: the bytes are those of a program that has the kernel make its
 *	stack not executable; false if that is not known
 * @pages: with @resident, pages in the page cache when they had been taken
 * @sha256: digest of the whole file, or RIVET_DIGEST_NONE
 * @verity: fs-verity digest, or RIVET_DIGEST_NONE
 * @size: bytes
 * @cookie: raw i_version after it was queried; a change of the file changes it
 * @flush: rivet_measure_flush_count when it was measured
 * @wb_err: errors in writing the file out until then: each may leave other bytes on the
 *	disk than those in memory
 * @changes: changes of the file until then; one that is not published is good until the next
 * @header: with @resident, the first bytes of the file, see measure/header.c; else not filled
 *	in. Copies of the struct have none
 */
struct rivet_measurement {
	struct rcu_head rcu;
	const struct address_space_operations *ops;
	struct rivet_resident *resident;
	bool used;
	bool plain_stack;
	unsigned long pages;
	struct rivet_digest sha256;
	struct rivet_digest verity;
	u64 size;
	u64 cookie;
	u32 flush;
	errseq_t wb_err;
	u32 changes;
	u64 header[];
};

/**
 * struct rivet_lookup - answer of the RIVs about a measurement
 *
 * Immutable. Published in rivet_inode.lookup for a file that matched, freed
 * after a grace period. It answers again only for the same generation of RIVs,
 * and, if a path was compared, for the same name in the same place.
 *
 * @rcu: frees it
 * @serial: number that another lookup has only if it has all of the following, except @rcu,
 *	in common; never 0
 * @generation: RIV generation it was made in
 * @valid_until: seconds since 1970 after which a set that vouched is expired; 0 never
 * @measurement: the measurement looked up, compared as a number only
 * @dentry: name that was found at the RIV's path; NULL if the RIV is for any path
 * @parent: its parent at that time
 * @hash_len: hash and length of its name
 * @rename_seq: sequence of the kernel's rename_lock; any rename anywhere changes it
 * @uses: bits of enum rivet_use that the matching RIVs allow together
 */
struct rivet_lookup {
	struct rcu_head rcu;
	u64 serial;
	u64 generation;
	s64 valid_until;
	const struct rivet_measurement *measurement;
	const struct dentry *dentry;
	const struct dentry *parent;
	u64 hash_len;
	unsigned int rename_seq;
	u32 uses;
};

/**
 * struct rivet_inode - record of an inode
 *
 * In a table by the inode's address, from the first measurement until
 * inode_free_security, and freed a grace period later. It remains as long as a
 * caller holds the inode (through an open file or a mapping).
 *
 * Its states (measure/life.c), as state, event -> next state; the table is the code's:
 *
 *	state     publish     match      match to read  drop
 *	UNKNOWN   MEASURED    refused    refused        UNKNOWN
 *	MEASURED  MEASURED    MATCHED    READ           UNKNOWN
 *	MATCHED   MATCHED     MATCHED    READ           UNKNOWN, or refused [1]
 *	READ      READ        READ       READ           UNKNOWN, or refused [1, 2]
 *
 *	[1] in enforce mode while the file is mapped executable
 *	[2] in enforce mode while it is open for reading only; O_RDONLY|O_TRUNC is so itself
 *
 * publish: a measurement that began before the last drop is thrown away.
 * match: permitted only if the measurement that was looked up is still the current one and
 * no task counts as a writer; else the verdict is not a match. It needs no memory: a lookup
 * that cannot be kept is made again.
 * drop: only by a task that counts as a writer, from before the look at [1] and [2] until
 * the drop is done (measure/change.c). In enforce mode no task can count as a writer while
 * another measures, nor while another has a write denial, which lasts from before the look
 * at the state until [1] sees the mapping.
 *
 * So in enforce mode no task changes a file that is in use by a match of enforce mode, and
 * a refused task leaves the state unchanged. @measurement is set in all states but UNKNOWN,
 * unless it was given back with its pages (measure/keep.c), which requires that the file is
 * not in use. @lookup is set at most in MATCHED and READ.
 *
 * @node: in the table
 * @rcu: frees it
 * @inode: key; never followed through this pointer without a file that holds it
 * @lock: protects @life and the publishing of @measurement and @lookup; a leaf lock
 * @measuring: a task reads the file; others wait for it
 * @given_back: its measurement was dropped only because its pages were given back
 * @swapped: it was a swap area, or a verification found other bytes on its disk: its pages in
 *	memory may differ from the disk
 * @reread: it has fs-verity, and its pages were read since the kernel compares them
 * @life: its state
 * @measurement: the current one, or NULL
 * @lookup: the current one, or NULL
 */
struct rivet_inode {
	struct hlist_node node;
	struct rcu_head rcu;
	struct inode *inode;
	spinlock_t lock;	/* see above */
	struct rivet_life life;
	bool measuring;
	bool given_back;
	bool swapped;
	bool reread;
	struct rivet_measurement __rcu *measurement;
	struct rivet_lookup __rcu *lookup;
};

extern u32 rivet_measure_flush_count;
extern struct hlist_head *rivet_measure_buckets;	/* lists under RCU, from load to unload */
extern unsigned int rivet_measure_shift;		/* 64 - bits of a bucket's number */

int rivet_measure_table_init(void);
void rivet_measure_table_exit(void);

struct rivet_inode *rivet_measure_table_get(struct inode *inode);
int rivet_measure_table_start(struct rivet_inode *ri, u32 *changes);
void rivet_measure_table_stop(struct rivet_inode *ri);
int rivet_measure_table_publish(struct rivet_inode *ri, u32 changes, struct rivet_measurement *m);

bool rivet_measure_peek(struct inode *inode, struct rivet_measurement *out);
bool rivet_measure_peek_digests(struct inode *inode, struct rivet_digest *sha256,
				struct rivet_digest *verity);
void rivet_measure_forget(const struct inode *inode);
void rivet_measure_flush(void);
bool rivet_measure_match(struct inode *inode, const struct rivet_measurement *m,
			 struct rivet_lookup *found, bool to_read);
bool rivet_measure_is_unchanged(const struct inode *inode, const struct rivet_measurement *m);
const struct rivet_measurement *rivet_measure_published(const struct inode *inode);
u32 rivet_measure_count(void);

/**
 * rivet_measure_note_use() - note that a measurement has answered
 * @m: the measurement
 *
 * Context: any. Writes only on the first use since the last pass of the clock.
 */
static __always_inline void rivet_measure_note_use(struct rivet_measurement *m)
{
	/* A missed use counts as one that came a moment later. */
	if (unlikely(!data_race(m->used)))
		WRITE_ONCE(m->used, true);
}

static inline struct hlist_head *rivet_measure_bucket(const struct inode *inode)
{
	u64 hash = (unsigned long)inode * GOLDEN_RATIO_64;

	return &rivet_measure_buckets[hash >> rivet_measure_shift];
}

/**
 * rivet_measure_find() - find the record of an inode
 * @inode: an inode
 *
 * Context: inside an RCU read-side section of any kind, for as long as the
 * caller uses the result.
 * Return: the record or NULL.
 */
static inline struct rivet_inode *rivet_measure_find(const struct inode *inode)
{
	struct rivet_inode *ri;

	hlist_for_each_entry_rcu(ri, rivet_measure_bucket(inode), node)
		if (ri->inode == inode)
			return ri;
	return NULL;
}

/**
 * rivet_measure_may_be_known() - check without a search whether an inode may have a record
 * @inode: an inode that is being freed
 *
 * A record of @inode was added while a task held it, so its list is seen not to be empty.
 *
 * Context: any.
 * Return: false if it has none, as most inodes.
 */
static inline bool rivet_measure_may_be_known(const struct inode *inode)
{
	return !hlist_empty(rivet_measure_bucket(inode));
}

/**
 * rivet_measure_is_read() - check whether a file was opened to be read as a match
 * @inode: inode of an open file
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: true if so: it is not opened for writing while it is open for reading.
 */
static inline bool rivet_measure_is_read(const struct inode *inode)
{
	struct rivet_inode *ri;
	bool is_read = false;

	rcu_read_lock();	/* not the kind for code that may not sleep: the lock may on RT */
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		is_read = ri->life.state == RIVET_LIFE_READ;
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	return is_read;
}

/**
 * rivet_measure_is_current() - whether the file is still the one that was measured
 * @m: a measurement
 * @inode: its inode
 *
 * Write opens and truncation drop a measurement at once. This checks for changes that
 * those hooks cannot see. Costs no lock and no write.
 *
 * Context: any; rcu_read_lock() held for @m.
 * Return: true if it may be relied on.
 */
static inline bool rivet_measure_is_current(const struct rivet_measurement *m,
					    const struct inode *inode)
{
	const struct address_space *mapping = inode->i_mapping;

	return m->flush == READ_ONCE(rivet_measure_flush_count) &&
	       READ_ONCE(m->ops) == READ_ONCE(mapping->a_ops) &&
	       (!m->resident || m->pages == READ_ONCE(mapping->nrpages)) &&
	       m->size == (u64)i_size_read(inode) &&
	       m->wb_err == READ_ONCE(mapping->wb_err) &&
	       m->cookie == inode_peek_iversion_raw(inode);
}

#endif /* _RIVET_MEASURE_TABLE_H */
