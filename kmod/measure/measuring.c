// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/measuring: which tasks are reading a file for rivet
 *
 * A stacked filesystem opens a file of a layer when its own file is opened, under
 * credentials of its own. If that open asked for a measurement, the task would wait
 * for itself. So the task is marked, not its credentials: it opens nothing for
 * anybody else meanwhile.
 *
 * Other tasks may be waiting for the measurement, so it must not wait for user space.
 * Opening a file here raises no fanotify permission event, because the watcher could be
 * one of the waiting tasks. A lease can still delay it: the kernel gives its holder
 * fs.lease-break-time.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "measure/measure.h"
#include "measure/measuring.h"

#define BUCKET_BITS	6

atomic_t rivet_measuring_count = ATOMIC_INIT(0);

/**
 * struct bucket - marks of the tasks with the same hash
 * @lock: protects @marks; a leaf lock
 * @marks: of struct rivet_measuring
 */
static struct bucket {
	spinlock_t lock;	/* see above */
	struct hlist_head marks;
} buckets[1 << BUCKET_BITS];

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/**
 * rivet_measuring_init() - initialise the table of marks
 *
 * Context: any; before any hook is attached.
 */
void __init rivet_measuring_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
}

/**
 * rivet_measuring_begin() - mark the calling task as reading for rivet
 * @mark: its mark, on its stack
 *
 * Context: process context; does not sleep.
 */
void rivet_measuring_begin(struct rivet_measuring *mark)
{
	struct bucket *bucket = bucket_of(current);

	mark->task = current;
	atomic_inc(&rivet_measuring_count);
	spin_lock(&bucket->lock);
	hlist_add_head(&mark->node, &bucket->marks);
	spin_unlock(&bucket->lock);
}

/**
 * rivet_measuring_end() - remove the mark of the calling task
 * @mark: the argument of rivet_measuring_begin()
 *
 * Context: process context; does not sleep.
 */
void rivet_measuring_end(struct rivet_measuring *mark)
{
	struct bucket *bucket = bucket_of(current);

	spin_lock(&bucket->lock);
	hlist_del(&mark->node);
	spin_unlock(&bucket->lock);
	atomic_dec(&rivet_measuring_count);
}

static bool is_marked(void)
{
	struct bucket *bucket = bucket_of(current);
	const struct rivet_measuring *mark;
	bool found = false;

	spin_lock(&bucket->lock);
	hlist_for_each_entry(mark, &bucket->marks, node)
		if (mark->task == current)
			found = true;
	spin_unlock(&bucket->lock);
	return found;
}

/**
 * rivet_measuring_opens() - whether a file is being opened for rivet
 * @file: the file; it gets no events of fanotify if so
 *
 * Context: the file_open hook, before the kernel looks for watchers.
 * Return: true if it is opened, to be read only, by a task that reads for rivet.
 */
bool rivet_measuring_opens(struct file *file)
{
	if ((file->f_mode & FMODE_WRITE) || !is_marked())
		return false;
	file_get_no_events(file);
	return true;
}

/**
 * rivet_measuring_open() - open a file for rivet itself
 * @path: its path
 *
 * Uses the kernel's own credentials: it reads for the system, not for the caller. Only regular
 * files are opened: the opening of a FIFO waits for a writer, who may never come.
 *
 * Context: may sleep; may wait for the holder of a lease.
 * Return: the file, or an ERR_PTR; -EINVAL if it is no regular file.
 */
struct file *rivet_measuring_open(const struct path *path)
{
	const struct cred *old;
	struct rivet_measuring mark;
	struct file *file;

	if (!d_is_reg(path->dentry))
		return ERR_PTR(-EINVAL);
	old = override_creds(rivet_measure_cred);
	rivet_measuring_begin(&mark);
	file = dentry_open(path, O_RDONLY | O_LARGEFILE, rivet_measure_cred);
	rivet_measuring_end(&mark);
	revert_creds(old);
	return file;
}
