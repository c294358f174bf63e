/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/entry: an entry of the list, for the files of this folder
 */
#ifndef _RIVET_QUARANTINE_ENTRY_H
#define _RIVET_QUARANTINE_ENTRY_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include "quarantine/list.h"

/**
 * struct rivet_quarantine_place - the number of an inode and its filesystem
 * @dev: the filesystem; 0 if no inode was seen yet
 * @ino: the inode
 */
struct rivet_quarantine_place {
	dev_t dev;
	u64 ino;
};

/**
 * struct rivet_quarantine_entry - an entry of the list
 *
 * In the list and in the tables from rivet_quarantine_link() until it ends, and freed a grace
 * period later. Readers find it under RCU by its digest or its path and keep no pointer. They
 * read members that never change. @inode, @changes, @place, @close, @several, @about.size and
 * @about.file change, and are read under rivet_quarantine_lock.
 *
 * An entry holds no reference to the inode, which would keep a filesystem from being unmounted.
 * @inode is a key that is compared and never followed. It is cleared by inode_free_security,
 * which is attached before all other hooks and detached after them, before the address can
 * belong to another inode. The task that sets it holds the inode.
 *
 * @rcu: frees it
 * @list: in entries, in the order in which they were made; protected by rivet_quarantine_lock
 * @by_digest: in the table of digests; protected by rivet_quarantine_lock, read under RCU
 * @by_path: in the table of paths if @about.named; as @by_digest
 * @by_inode: in the table of inodes if @inode is set; protected and read under the lock
 * @ended: in the private list of the task that ends it
 * @settled: a set vouched for the digest; a hint of rivet_quarantine_settle()
 * @inode: inode that has the bytes, or NULL
 * @changes: rivet_life.changes of @inode for which that holds
 * @place: the last inode that was seen with the bytes, also when it has left the memory
 * @close: whether SET quarantine-read=deny closes @inode to readers
 * @several: the bytes were seen in two files, so the end of one says nothing of the other
 * @about: its contents
 * @path: bytes of @about.path, terminated
 */
struct rivet_quarantine_entry {
	struct rcu_head rcu;
	struct list_head list;
	struct hlist_node by_digest;
	struct hlist_node by_path;
	struct hlist_node by_inode;
	struct list_head ended;
	bool settled;
	const struct inode *inode;
	u32 changes;
	struct rivet_quarantine_place place;
	enum rivet_quarantine_close close;
	bool several;
	struct rivet_quarantined about;
	char path[];
};

extern spinlock_t rivet_quarantine_lock;
extern struct list_head rivet_quarantine_entries;

/**
 * struct rivet_quarantine_told - the bounds that were reported since the last entry ended
 * @list: that of the list
 * @user: that of a user
 */
struct rivet_quarantine_told {
	bool list;
	bool user;
};

extern struct rivet_quarantine_told rivet_quarantine_told;

/**
 * rivet_quarantine_has_path() - compare the path of an entry
 * @e: the entry
 * @path: bytes
 * @len: their number
 *
 * Context: any.
 * Return: true if it is the same.
 */
static inline bool rivet_quarantine_has_path(const struct rivet_quarantine_entry *e,
					     const char *path, size_t len)
{
	return e->about.path.len == len && !memcmp(e->path, path, len);
}

struct rivet_quarantine_entry *rivet_quarantine_find(const struct rivet_digest *digest);
bool rivet_quarantine_names(const char *path);
void rivet_quarantine_bind(struct rivet_quarantine_entry *e,
			   const struct rivet_quarantine_live *live);
void rivet_quarantine_link(struct rivet_quarantine_entry *e,
			   const struct rivet_quarantine_live *live);
void rivet_quarantine_resize(struct rivet_quarantine_entry *e, u64 size);
void rivet_quarantine_unlink(struct rivet_quarantine_entry *e, struct list_head *ended);
void rivet_quarantine_tell(const struct rivet_quarantined *about, const char *what);

#endif /* _RIVET_QUARANTINE_ENTRY_H */
