// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_change: files that are to be changed, and inodes that go away
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "handlers.h"
#include "hold.h"
#include "hook_change.h"
#include "measure.h"
#include "mode.h"
#include "probe.h"
#include "report.h"

/* Why a file must not be changed now, or NULL. */
static const char *find_obstacle(struct inode *inode, bool matched, bool read)
{
	if (!rivet_mode_is_enforce())
		return NULL;
	if (matched && rivet_hold_is_mapped_executable(inode))
		return "not opened for writing: it is mapped executable as verified";
	smp_mb();	/* the count of writers went up before; readers ask the other way round */
	if (read && inode_is_being_read(inode))
		return "not opened for writing: it is being read as verified";
	return NULL;
}

/**
 * rivet_hook_change_permit() - somebody wants to change a file
 * @path: the file
 * @inode: the inode whose bytes it shows
 *
 * While a file is mapped executable, or read, as verified, enforce mode refuses as
 * the kernel does for running programs; else what was measured no longer counts.
 *
 * Context: may sleep; the caller holds the module.
 * Return: 0, or -ETXTBSY in enforce mode while it is in use as verified.
 */
int rivet_hook_change_permit(const struct path *path, struct inode *inode)
{
	bool known, matched, read;
	const char *obstacle;
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	known = ri;
	matched = ri && READ_ONCE(ri->matched);
	read = ri && READ_ONCE(ri->read);
	rcu_read_unlock();
	if (!known)
		return 0;
	obstacle = find_obstacle(inode, matched, read);
	if (obstacle) {
		rivet_report_change(path, obstacle, -ETXTBSY);
		return -ETXTBSY;
	}
	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		rivet_measure_invalidate(ri);
	rcu_read_unlock();
	return 0;
}

/*
 * Only truncate(2) has no open file: all other ways to shorten a file open it
 * with O_TRUNC or for writing, which was seen when it was opened.
 */
static int hook_path_truncate(const struct path *path)
{
	int ret;

	if (rivet_probe_sees(RIVET_HOOK_PATH_TRUNCATE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_TRUNCATE);
	if (!try_module_get(THIS_MODULE))
		return 0;
	ret = rivet_hook_change_permit(path, d_real_inode(path->dentry));
	module_put(THIS_MODULE);
	return ret;
}

static void hook_inode_free_security(struct inode *inode)
{
	if (rivet_probe_sees(RIVET_HOOK_INODE_FREE_SECURITY))
		return;
	rivet_report_count(RIVET_COUNT_HOOK_INODE_FREE);
	rivet_measure_forget(inode);
}

const struct rivet_handler rivet_hook_change_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_PATH_TRUNCATE, path_truncate),
	RIVET_HANDLER(RIVET_HOOK_INODE_FREE_SECURITY, inode_free_security),
	RIVET_HANDLERS_END
};
