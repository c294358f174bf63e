/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - init's mounts: the filesystems that init sees, and their mount points
 */
#ifndef _RIVET_PROCESS_INIT_MOUNTS_H
#define _RIVET_PROCESS_INIT_MOUNTS_H

#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct file;

/**
 * struct rivet_init_mount - a mount in init's namespace
 * @dev: s_dev of its filesystem
 * @path: mount point as init sees it; points into the text of its list
 */
struct rivet_init_mount {
	dev_t dev;
	const char *path;
};

/**
 * struct rivet_init_mounts - all mounts of init's namespace at one moment
 *
 * Immutable except for @refs. The newest list is kept until the namespace changes.
 *
 * @rcu: for freeing after a grace period
 * @refs: number of references
 * @file: /proc/1/mountinfo, which reports changes of the namespace; referenced
 * @event: event counter of @file when it was read
 * @rename_seq: sequence of the kernel's rename_lock then
 * @root: init's root at that time, held by @file; its pointers are only compared
 * @count: number of @mounts
 * @mounts: the mounts
 * @text: holds the paths
 */
struct rivet_init_mounts {
	struct rcu_head rcu;
	refcount_t refs;
	struct file *file;
	int event;
	unsigned int rename_seq;
	struct path root;
	size_t count;
	struct rivet_init_mount *mounts;
	char *text;
};

struct rivet_init_mounts *rivet_init_mounts_get(const struct path *root, bool with_paths);
void rivet_init_mounts_put(struct rivet_init_mounts *mounts);
void rivet_init_mounts_forget(void);

#endif /* _RIVET_PROCESS_INIT_MOUNTS_H */
