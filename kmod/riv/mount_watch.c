// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - riv/mount_watch: whether the mounts that init sees are those of before
 *
 * The path of a file depends on the mounts, and the kernel tells no module of a change of
 * them. procfs does: a poll of the mountinfo file of process 1 makes the kernel store its
 * number of the last change in that open file. The number and the change are made under
 * the same lock of the kernel, by which paths are read too. So a path that was found after
 * the number was read holds for as long as the number stays the same.
 *
 * A poll that is slow could store an older number than another one of the same file. So
 * each CPU has an open file of its own, and polls with preemption disabled.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/jiffies.h>
#include <linux/magic.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "measure/measure.h"
#include "measure/measuring.h"
#include "riv/lookup.h"
#include "riv/mount_watch.h"

#define RETRY_AFTER	HZ	/* before the next attempt, if init has no procfs */

/**
 * struct watch - the open files that tell of changes
 *
 * Immutable. Published in current_watch, freed a grace period after it was replaced.
 *
 * @id: number of this watch, never 0
 * @root: init's root when it was made, referenced: so nothing else gets its addresses
 * @files: /proc/1/mountinfo, for each CPU
 */
struct watch {
	u32 id;
	struct path root;
	struct file * __percpu *files;
};

static struct watch __rcu *current_watch;
/* Protects the replacing of current_watch, last_id and retry_at; held while files are opened. */
static DEFINE_MUTEX(watch_lock);
static u32 last_id;
static unsigned long retry_at;

static bool is_mountinfo(const struct path *path)
{
	char name[sizeof("/1/mountinfo")];
	const char *found;

	if (path->dentry->d_sb->s_magic != PROC_SUPER_MAGIC ||
	    proc_pid_ns(path->dentry->d_sb) != &init_pid_ns)
		return false;
	found = dentry_path_raw(path->dentry, name, sizeof(name));
	return !IS_ERR(found) && !strcmp(found, "/1/mountinfo");
}

/**
 * rivet_mount_watch_open() - open the list of init's mounts
 *
 * It is read at the path where init itself finds it. Any other file at that path is rejected.
 *
 * Context: may sleep.
 * Return: the file or an ERR_PTR; -ENOENT if init has no procfs at /proc.
 */
struct file *rivet_mount_watch_open(void)
{
	const struct cred *old = override_creds(rivet_measure_cred);
	struct file *file = ERR_PTR(-ENOENT);
	struct path path;
	int err;

	err = rivet_lookup_from_init("/proc/1/mountinfo", &path);
	revert_creds(old);
	if (err)
		return ERR_PTR(err);
	if (is_mountinfo(&path))
		file = rivet_measuring_open(&path);
	path_put(&path);
	return file;
}

static void free_watch(struct watch *watch)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct file *file = *per_cpu_ptr(watch->files, cpu);

		if (file)
			fput(file);
	}
	free_percpu(watch->files);
	path_put(&watch->root);
	kfree(watch);
}

static struct watch *make_watch(void)
{
	struct watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	struct file *file;
	int cpu;

	if (!watch)
		return NULL;
	watch->files = alloc_percpu(struct file *);
	if (!watch->files || !rivet_lookup_init_root(&watch->root)) {
		free_percpu(watch->files);
		kfree(watch);
		return NULL;
	}
	for_each_possible_cpu(cpu) {
		file = rivet_mount_watch_open();
		if (IS_ERR(file)) {
			free_watch(watch);
			return NULL;
		}
		*per_cpu_ptr(watch->files, cpu) = file;
	}
	watch->id = ++last_id ?: ++last_id;
	return watch;
}

/**
 * rivet_mount_watch_start() - begin to watch init's mounts, unless that is done already
 *
 * Does not wait for another task that does so. It may fail; then there is no stamp.
 *
 * Context: may sleep; no lock of a directory may be held.
 */
void rivet_mount_watch_start(void)
{
	struct watch *watch;

	if (rcu_access_pointer(current_watch) || !mutex_trylock(&watch_lock))
		return;
	if (!rcu_access_pointer(current_watch) &&
	    (!retry_at || time_after_eq(jiffies, retry_at))) {
		watch = make_watch();
		rcu_assign_pointer(current_watch, watch);
		retry_at = jiffies + RETRY_AFTER;
	}
	mutex_unlock(&watch_lock);
}

/**
 * rivet_mount_watch_stamp() - get the number of the last change of init's mounts
 *
 * Context: under rcu_read_lock_sched(). Writes no shared memory unless they have changed.
 * Return: a number that no two states have in common; 0 if it is not known.
 */
u64 rivet_mount_watch_stamp(void)
{
	const struct watch *watch = rcu_dereference_sched(current_watch);
	const struct seq_file *m;
	struct file *file;

	if (unlikely(!watch))
		return 0;
	file = *this_cpu_ptr(watch->files);
	vfs_poll(file, NULL);
	m = file->private_data;
	return (u64)watch->id << 32 | (u32)READ_ONCE(m->poll_event);
}

/**
 * rivet_mount_watch_is_root() - check whether the acting task has the root of the watch
 *
 * Context: under rcu_read_lock_sched().
 * Return: true if its root is the one that init had when the watch began.
 */
bool rivet_mount_watch_is_root(void)
{
	const struct watch *watch = rcu_dereference_sched(current_watch);
	struct fs_struct *fs = current->fs;
	unsigned int seq;
	bool same;

	if (unlikely(!watch || !fs))
		return false;
	/* Unlike read_seqcount_begin(), this neither waits nor takes a lock. */
	seq = raw_seqcount_begin(rivet_compat_fs_seq(fs));
	same = path_equal(&fs->root, &watch->root);
	return same && !read_seqcount_retry(rivet_compat_fs_seq(fs), seq);
}

/**
 * rivet_mount_watch_covers() - check whether a path lies below the root of the watch
 * @path: a path, held by the caller
 *
 * Context: any but interrupts; takes the kernel's lock of mounts.
 * Return: true if it does, so that a change of its place changes the stamp.
 */
bool rivet_mount_watch_covers(const struct path *path)
{
	const struct watch *watch;
	struct path root = {};
	bool covers;

	rcu_read_lock();
	watch = rcu_dereference(current_watch);
	if (watch) {
		root = watch->root;
		path_get(&root);
	}
	rcu_read_unlock();
	if (!root.dentry)
		return false;
	covers = path_is_under(path, &root);
	path_put(&root);
	return covers;
}

/**
 * rivet_mount_watch_forget() - end the watch, until the next rivet_mount_watch_start()
 *
 * The watch holds procfs and init's root. It has to end when init gets another root.
 *
 * Context: may sleep.
 */
void rivet_mount_watch_forget(void)
{
	struct watch *old;

	mutex_lock(&watch_lock);
	old = rcu_replace_pointer(current_watch, NULL, lockdep_is_held(&watch_lock));
	retry_at = 0;
	mutex_unlock(&watch_lock);
	if (!old)
		return;
	synchronize_rcu();
	free_watch(old);
}
