// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/list: the digests that are refused until good content, a signed object
 * or the operator ends that
 *
 * The list is about bytes, so an entry is a digest. It is never one that a valid set vouches
 * for, and one whose digest a set vouches for later refuses nothing. So nobody can have a listed
 * file refused by it. quarantine/add makes entries and has their bounds, quarantine/end ends them.
 */
#include <linux/hashtable.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/stringhash.h>

#include "event/event.h"
#include "measure/table.h"
#include "quarantine/end.h"
#include "quarantine/entry.h"
#include "riv/index.h"

#define HASH_BITS_EACH	10	/* as many buckets as entries */
#define SHOWN_PATH_MAX	128	/* bytes of a path in the detail of an event, escaped */

/*
 * Protects the list, the tables, the numbers and the changing members of entries. A leaf lock,
 * taken also where inodes are freed.
 */
DEFINE_SPINLOCK(rivet_quarantine_lock);
LIST_HEAD(rivet_quarantine_entries);	/* in the order in which they were made */
static DEFINE_HASHTABLE(digests, HASH_BITS_EACH);
static DEFINE_HASHTABLE(paths, HASH_BITS_EACH);
static DEFINE_HASHTABLE(inodes, HASH_BITS_EACH);
static u16 sizes[1 << HASH_BITS_EACH];	/* entries whose size has that hash; also read unlocked */
struct rivet_quarantine_told rivet_quarantine_told;
unsigned int rivet_quarantine_count_value;	/* also read unlocked */

/*
 * Without the lock, so that opening and freeing other files stays cheap. The task that binds an
 * inode holds it, so its freeing sees it bound.
 */
static bool may_be_bound(const struct inode *inode)
{
	return !hlist_empty(&inodes[hash_min((unsigned long)inode, HASH_BITS_EACH)]);
}

static u32 digest_key(const struct rivet_digest *digest)
{
	u32 key;

	memcpy(&key, digest->bytes, sizeof(key));
	return key;
}

static u32 path_key(const char *path, size_t len)
{
	return full_name_hash(NULL, path, len);
}

/**
 * rivet_quarantine_find() - find the entry of a digest
 * @digest: the digest
 *
 * Context: under RCU or rivet_quarantine_lock.
 * Return: the entry, or NULL.
 */
struct rivet_quarantine_entry *rivet_quarantine_find(const struct rivet_digest *digest)
{
	struct rivet_quarantine_entry *e;

	hash_for_each_possible_rcu(digests, e, by_digest, digest_key(digest),
				   lockdep_is_held(&rivet_quarantine_lock))
		if (rivet_digest_equal(&e->about.digest, digest))
			return e;
	return NULL;
}

/**
 * rivet_quarantine_names() - check whether an entry has a path
 * @path: a path as init sees it
 *
 * Context: any.
 * Return: true if some entry has it.
 */
bool rivet_quarantine_names(const char *path)
{
	const size_t len = strlen(path);
	const struct rivet_quarantine_entry *e;
	bool names = false;

	rcu_read_lock();
	hash_for_each_possible_rcu(paths, e, by_path, path_key(path, len)) {
		names = rivet_quarantine_has_path(e, path, len);
		if (names)
			break;
	}
	rcu_read_unlock();
	return names;
}

static bool is_in_force(const struct rivet_quarantine_entry *e, bool would_too)
{
	return would_too || !e->about.would;
}

/**
 * rivet_quarantine_has() - check whether a digest is quarantined
 * @digest: the digest
 * @would_too: entries of audit mode count
 *
 * The caller checks rivet_riv_vouches(): a digest that a set vouches for is not quarantined.
 *
 * Context: any.
 * Return: true if it has an entry.
 */
bool rivet_quarantine_has(const struct rivet_digest *digest, bool would_too)
{
	const struct rivet_quarantine_entry *e;
	bool has;

	if (!rivet_quarantine_is_any())
		return false;
	rcu_read_lock();
	e = rivet_quarantine_find(digest);
	has = e && is_in_force(e, would_too);
	rcu_read_unlock();
	return has;
}

/**
 * rivet_quarantine_may_have() - check whether a file of this size can have an entry
 * @size: bytes
 *
 * Context: any. One read.
 * Return: false if the bytes of no entry have that size; now and then true without need.
 */
bool rivet_quarantine_may_have(u64 size)
{
	return READ_ONCE(sizes[hash_64(size, HASH_BITS_EACH)]);
}

/* @change is 1 or -1. */
static void count_size(u64 size, int change)
{
	u16 *count = &sizes[hash_64(size, HASH_BITS_EACH)];

	lockdep_assert_held(&rivet_quarantine_lock);
	WRITE_ONCE(*count, *count + change);
}

/* The bytes of an inode are those of the entry as long as nobody opened it for writing. */
static bool is_unchanged(const struct rivet_quarantine_entry *e)
{
	const struct rivet_inode *ri;
	bool same;

	lockdep_assert_held(&rivet_quarantine_lock);
	rcu_read_lock();
	ri = rivet_measure_find(e->inode);
	same = ri && READ_ONCE(ri->life.changes) == e->changes;
	rcu_read_unlock();
	return same;
}

/**
 * rivet_quarantine_closes() - check whether SET quarantine-read=deny closes an inode in memory
 * @inode: the inode, held by the caller
 * @would_too: entries of audit mode count
 *
 * Measures nothing. Bytes that a set vouches for since are not quarantined.
 *
 * Context: any but interrupts.
 * Return: true if it was measured, could not be changed since, and may be closed.
 */
bool rivet_quarantine_closes(const struct inode *inode, bool would_too)
{
	struct rivet_digest digest = {};
	const struct rivet_quarantine_entry *e;
	bool holds = false;

	if (!rivet_quarantine_is_any() || !may_be_bound(inode))
		return false;
	spin_lock(&rivet_quarantine_lock);
	hash_for_each_possible(inodes, e, by_inode, (unsigned long)inode) {
		holds = e->inode == inode && e->close && is_in_force(e, would_too) &&
			is_unchanged(e);
		if (!holds)
			continue;
		digest = e->about.digest;
		break;
	}
	spin_unlock(&rivet_quarantine_lock);
	return holds && !rivet_riv_vouches(&digest);
}

/**
 * rivet_quarantine_tell() - report a change of an entry
 * @about: its contents
 * @what: the change, in words
 *
 * Context: may sleep.
 */
void rivet_quarantine_tell(const struct rivet_quarantined *about, const char *what)
{
	char digest[RIVET_DIGEST_TEXT_MAX], path[SHOWN_PATH_MAX];
	size_t len = rivet_name_escape(about->path.ptr, about->path.len, path, sizeof(path));

	rivet_name_mark_cut(path, sizeof(path), len);
	rivet_digest_format(&about->digest, digest, sizeof(digest));
	rivet_event_change(RIVET_EVENT_QUARANTINE, 0, "entry %llu %s: %s %s", about->id, what,
			   digest, path);
}

static void unbind(struct rivet_quarantine_entry *e, enum rivet_quarantine_file file)
{
	lockdep_assert_held(&rivet_quarantine_lock);
	if (e->inode)
		hash_del(&e->by_inode);
	e->inode = NULL;
	e->close = RIVET_QUARANTINE_OPEN;
	e->about.file = file;
}

static bool is_at_place(const struct rivet_quarantine_entry *e, const struct inode *inode)
{
	return e->place.dev == inode->i_sb->s_dev && e->place.ino == inode->i_ino;
}

/**
 * rivet_quarantine_bind() - note which inode has the bytes of an entry
 * @e: the entry
 * @live: the inode; a file that is seen later takes the place of one that was seen before,
 *	unless it counts for less, see enum rivet_quarantine_close
 *
 * Context: under rivet_quarantine_lock.
 */
void rivet_quarantine_bind(struct rivet_quarantine_entry *e,
			   const struct rivet_quarantine_live *live)
{
	enum rivet_quarantine_close close;

	lockdep_assert_held(&rivet_quarantine_lock);
	if (!live->inode)
		return;
	if (e->place.dev && !is_at_place(e, live->inode) &&
	    e->about.file != RIVET_QUARANTINE_GONE)
		e->several = true;
	close = e->inode && is_unchanged(e) ? e->close : RIVET_QUARANTINE_OPEN;
	if (e->inode != live->inode && close > live->close)
		return;
	if (e->inode != live->inode)
		close = RIVET_QUARANTINE_OPEN;
	unbind(e, RIVET_QUARANTINE_LIVE);
	e->inode = live->inode;
	e->changes = live->changes;
	e->close = max(close, live->close);
	e->place.dev = live->inode->i_sb->s_dev;
	e->place.ino = live->inode->i_ino;
	hash_add(inodes, &e->by_inode, (unsigned long)live->inode);
}

/**
 * rivet_quarantine_link() - put an entry into the list and the tables
 * @e: the entry
 * @live: the inode that has its bytes
 *
 * Context: under rivet_quarantine_lock.
 */
void rivet_quarantine_link(struct rivet_quarantine_entry *e,
			   const struct rivet_quarantine_live *live)
{
	lockdep_assert_held(&rivet_quarantine_lock);
	rivet_quarantine_bind(e, live);
	if (e->about.named)
		hash_add_rcu(paths, &e->by_path, path_key(e->path, e->about.path.len));
	hash_add_rcu(digests, &e->by_digest, digest_key(&e->about.digest));
	list_add_tail_rcu(&e->list, &rivet_quarantine_entries);
	count_size(e->about.size, 1);
	WRITE_ONCE(rivet_quarantine_count_value, rivet_quarantine_count_value + 1);
}

/**
 * rivet_quarantine_resize() - correct the size of an entry
 * @e: the entry
 * @size: bytes
 *
 * Context: under rivet_quarantine_lock.
 */
void rivet_quarantine_resize(struct rivet_quarantine_entry *e, u64 size)
{
	count_size(e->about.size, -1);
	e->about.size = size;
	count_size(size, 1);
}

/**
 * rivet_quarantine_unlink() - take an entry out
 * @e: the entry
 * @ended: list for rivet_quarantine_end_all()
 *
 * Context: under rivet_quarantine_lock.
 */
void rivet_quarantine_unlink(struct rivet_quarantine_entry *e, struct list_head *ended)
{
	lockdep_assert_held(&rivet_quarantine_lock);
	unbind(e, e->about.file);
	hash_del_rcu(&e->by_digest);
	if (e->about.named)
		hash_del_rcu(&e->by_path);
	list_del_rcu(&e->list);
	count_size(e->about.size, -1);
	list_add_tail(&e->ended, ended);
	WRITE_ONCE(rivet_quarantine_count_value, rivet_quarantine_count_value - 1);
	rivet_quarantine_told = (struct rivet_quarantine_told){};
}

/**
 * rivet_quarantine_see() - note which inode has the bytes of an entry
 * @digest: digest of the bytes
 * @live: the inode
 *
 * Context: any but interrupts.
 */
void rivet_quarantine_see(const struct rivet_digest *digest,
			  const struct rivet_quarantine_live *live)
{
	struct rivet_quarantine_entry *e;

	if (!live->inode)
		return;
	spin_lock(&rivet_quarantine_lock);
	e = rivet_quarantine_find(digest);
	if (e)
		rivet_quarantine_bind(e, live);
	spin_unlock(&rivet_quarantine_lock);
}

/**
 * rivet_quarantine_inode_ends() - an inode leaves the memory
 * @inode: the inode; its record in measure/table.c is there still
 *
 * Context: inode_free_security: locks of filesystems may be held.
 */
void rivet_quarantine_inode_ends(const struct inode *inode)
{
	struct hlist_node *next;
	struct rivet_quarantine_entry *e;

	if (!rivet_quarantine_is_any() || !may_be_bound(inode))
		return;
	spin_lock(&rivet_quarantine_lock);
	hash_for_each_possible_safe(inodes, e, next, by_inode, (unsigned long)inode)
		if (e->inode == inode)
			unbind(e, e->several || inode->i_nlink ? RIVET_QUARANTINE_AWAY :
								 RIVET_QUARANTINE_GONE);
	spin_unlock(&rivet_quarantine_lock);
}

/* The lock keeps the state of the file the same within a line. */
static struct rivet_quarantined copy_of(const struct rivet_quarantine_entry *e)
{
	struct rivet_quarantined about;

	spin_lock(&rivet_quarantine_lock);
	about = e->about;
	spin_unlock(&rivet_quarantine_lock);
	return about;
}

/**
 * rivet_quarantine_show() - print the list
 * @m: output; one line for each entry, in the form of quarantine/line.h
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_quarantine_show(struct seq_file *m)
{
	char *line = kvmalloc(RIVET_QUARANTINE_LINE_MAX, GFP_KERNEL);
	const struct rivet_quarantine_entry *e;

	if (!line)
		return -ENOMEM;
	rivet_quarantine_settle();
	rcu_read_lock();
	list_for_each_entry_rcu(e, &rivet_quarantine_entries, list) {
		struct rivet_quarantined about = copy_of(e);

		/* The file is then read again into a larger buffer. */
		if (seq_has_overflowed(m))
			break;
		rivet_quarantine_line_format(&about, line, RIVET_QUARANTINE_LINE_MAX);
		seq_printf(m, "%s\n", line);
	}
	rcu_read_unlock();
	kvfree(line);
	return 0;
}

/**
 * rivet_quarantine_exit() - free the list
 *
 * Context: may sleep; all hooks are detached, and no reader is left.
 */
void rivet_quarantine_exit(void)
{
	struct rivet_quarantine_entry *e, *next;

	list_for_each_entry_safe(e, next, &rivet_quarantine_entries, list)
		kfree(e);
}
