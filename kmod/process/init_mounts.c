// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - init's mounts: the filesystems that init sees, and their mount points
 *
 * The kernel does not let a module walk a mount namespace. procfs lists the mounts of
 * a process and reports whether they have changed. Both are read from the mountinfo
 * file of process 1.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "process/init_mounts.h"
#include "riv/mount_watch.h"

#define READ_FIRST	(64 * 1024)	/* bytes of room for the text, doubled as needed */
#define READ_MAX	(64 << 20)	/* more than the kernel's limit of mounts can make */

static struct rivet_init_mounts __rcu *newest;	/* holds a reference; read under RCU */
/* Protects the replacing of newest; held while mountinfo is read. */
static DEFINE_MUTEX(newest_lock);

/* Reads the file to its end. The text is terminated. */
static char *read_all(struct file *file)
{
	size_t room = READ_FIRST, len = 0;
	char *text = NULL, *more;
	loff_t pos = 0;
	ssize_t got;

	for (; room <= READ_MAX; room *= 2) {
		more = kvmalloc(room, GFP_KERNEL);
		if (!more)
			break;
		if (text)
			memcpy(more, text, len);
		kvfree(text);
		text = more;
		do {
			got = kernel_read(file, text + len, room - len - 1, &pos);
			len += max_t(ssize_t, got, 0);
		} while (got > 0 && len < room - 1);
		text[len] = '\0';
		if (got <= 0)
			return got ? (kvfree(text), ERR_PTR(got)) : text;
	}
	kvfree(text);
	return ERR_PTR(-ENOMEM);
}

/* Uses the third and the fifth word of "36 35 98:0 /root /place options...". */
static bool parse_line(char *line, struct rivet_init_mount *mount)
{
	unsigned int major, minor;
	unsigned int i;
	char *word = NULL;

	for (i = 0; i < 5; i++) {
		word = strsep(&line, " ");
		if (!word)
			return false;
		if (i == 2 && sscanf(word, "%u:%u", &major, &minor) != 2)
			return false;
	}
	string_unescape_inplace(word, UNESCAPE_OCTAL);
	mount->dev = MKDEV(major, minor);
	mount->path = word;
	return word[0] == '/';
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int parse(struct rivet_init_mounts *mounts)
{
	char *rest = mounts->text, *line;
	size_t lines = count_lines(rest);

	mounts->mounts = kvcalloc(lines + 1, sizeof(*mounts->mounts), GFP_KERNEL);
	if (!mounts->mounts)
		return -ENOMEM;
	while (mounts->count < lines && (line = strsep(&rest, "\n")) && *line)
		if (parse_line(line, &mounts->mounts[mounts->count]))
			mounts->count++;
	return 0;
}

static int event_of(struct file *file)
{
	const struct seq_file *m = file->private_data;

	return READ_ONCE(m->poll_event);
}

static int fill(struct rivet_init_mounts *mounts)
{
	/* Take the numbers before reading, so that no later change is missed. */
	mounts->event = event_of(mounts->file);
	mounts->rename_seq = read_seqbegin(&rename_lock);
	mounts->text = read_all(mounts->file);
	if (IS_ERR(mounts->text)) {
		int err = PTR_ERR(mounts->text);

		mounts->text = NULL;
		return err;
	}
	return parse(mounts);
}

static struct rivet_init_mounts *read_mounts(const struct path *root)
{
	struct rivet_init_mounts *mounts = kzalloc(sizeof(*mounts), GFP_KERNEL);
	int err;

	if (!mounts)
		return ERR_PTR(-ENOMEM);
	refcount_set(&mounts->refs, 1);
	mounts->root = *root;
	mounts->file = rivet_mount_watch_open();
	if (IS_ERR(mounts->file)) {
		err = PTR_ERR(mounts->file);
		kfree(mounts);
		return ERR_PTR(err);
	}
	err = fill(mounts);
	if (err) {
		rivet_init_mounts_put(mounts);
		return ERR_PTR(err);
	}
	return mounts;
}

/* vfs_poll() makes the kernel store the current event counter in the file. */
static bool is_current(const struct rivet_init_mounts *mounts, const struct path *root,
		       bool with_paths)
{
	vfs_poll(mounts->file, NULL);
	return event_of(mounts->file) == mounts->event && path_equal(&mounts->root, root) &&
	       (!with_paths || !read_seqretry(&rename_lock, mounts->rename_seq));
}

static struct rivet_init_mounts *find_current(const struct path *root, bool with_paths)
{
	struct rivet_init_mounts *mounts;

	rcu_read_lock();
	mounts = rcu_dereference(newest);
	if (mounts && !refcount_inc_not_zero(&mounts->refs))
		mounts = NULL;
	rcu_read_unlock();
	if (!mounts || is_current(mounts, root, with_paths))
		return mounts;
	rivet_init_mounts_put(mounts);
	return NULL;
}

static void replace(struct rivet_init_mounts *mounts)
{
	struct rivet_init_mounts *old;

	old = rcu_replace_pointer(newest, mounts, lockdep_is_held(&newest_lock));
	if (old)
		rivet_init_mounts_put(old);
}

/**
 * rivet_init_mounts_get() - get the current mounts of init's namespace
 * @root: init's root
 * @with_paths: the paths must be those after all renames, too: one may have moved the folder
 *	that a mount is in
 *
 * Context: may sleep; no lock may be held.
 * Return: the list, to be released with rivet_init_mounts_put(); ERR_PTR(-ENOENT) if
 * init has no procfs at /proc; another ERR_PTR if mountinfo cannot be read.
 */
struct rivet_init_mounts *rivet_init_mounts_get(const struct path *root, bool with_paths)
{
	struct rivet_init_mounts *mounts = find_current(root, with_paths);

	if (mounts)
		return mounts;
	mutex_lock(&newest_lock);
	mounts = find_current(root, with_paths);
	if (!mounts) {
		mounts = read_mounts(root);
		if (!IS_ERR(mounts))
			refcount_inc(&mounts->refs);
		replace(IS_ERR(mounts) ? NULL : mounts);
	}
	mutex_unlock(&newest_lock);
	return mounts;
}

/**
 * rivet_init_mounts_put() - release a reference
 * @mounts: list from rivet_init_mounts_get()
 *
 * Context: may sleep.
 */
void rivet_init_mounts_put(struct rivet_init_mounts *mounts)
{
	if (!refcount_dec_and_test(&mounts->refs))
		return;
	fput(mounts->file);
	kvfree(mounts->mounts);
	kvfree(mounts->text);
	kfree_rcu(mounts, rcu);
}

/**
 * rivet_init_mounts_forget() - release the newest list
 *
 * The list holds procfs and init's root.
 *
 * Context: may sleep.
 */
void rivet_init_mounts_forget(void)
{
	mutex_lock(&newest_lock);
	replace(NULL);
	mutex_unlock(&newest_lock);
}
