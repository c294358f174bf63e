// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_change: opening and changing files, and inodes that go away
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "handlers.h"
#include "hold.h"
#include "measure.h"
#include "mode.h"
#include "probe.h"
#include "report.h"

/*
 * Somebody wants to change a file. While it is mapped executable as verified,
 * enforce mode refuses as the kernel does for running programs; else what was
 * measured no longer counts.
 */
static int let_change(struct inode *inode)
{
	struct rivet_inode *ri;
	bool known, matched;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	known = ri;
	matched = ri && READ_ONCE(ri->matched);
	rcu_read_unlock();
	if (!known)
		return 0;
	if (matched && rivet_mode_is_enforce() && rivet_hold_is_mapped_executable(inode)) {
		rivet_report_count(RIVET_COUNT_WRITERS_REFUSED);
		return -ETXTBSY;
	}
	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		rivet_measure_invalidate(ri);
	rcu_read_unlock();
	return 0;
}

static int let_change_pinned(struct inode *inode)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return 0;
	ret = let_change(inode);
	module_put(THIS_MODULE);
	return ret;
}

static int hook_file_open(struct file *file)
{
	if (rivet_probe_sees(RIVET_HOOK_FILE_OPEN))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_OPEN);
	/* O_TRUNC changes a file that is opened for reading only, too. */
	if (likely(!(file->f_mode & FMODE_WRITE) && !(file->f_flags & O_TRUNC)) ||
	    !S_ISREG(file_inode(file)->i_mode))
		return 0;
	return let_change_pinned(rivet_measure_inode(file));
}

/*
 * Only truncate(2) has no open file: all other ways to shorten a file open it
 * with O_TRUNC or for writing, which was seen when it was opened.
 */
static int hook_path_truncate(const struct path *path)
{
	if (rivet_probe_sees(RIVET_HOOK_PATH_TRUNCATE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_TRUNCATE);
	return let_change_pinned(d_real_inode(path->dentry));
}

static void hook_inode_free_security(struct inode *inode)
{
	if (rivet_probe_sees(RIVET_HOOK_INODE_FREE_SECURITY))
		return;
	rivet_report_count(RIVET_COUNT_HOOK_INODE_FREE);
	rivet_measure_forget(inode);
}

const struct rivet_handler rivet_hook_change_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_FILE_OPEN, file_open),
	RIVET_HANDLER(RIVET_HOOK_PATH_TRUNCATE, path_truncate),
	RIVET_HANDLER(RIVET_HOOK_INODE_FREE_SECURITY, inode_free_security),
	RIVET_HANDLERS_END
};
