// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/change: changes of files, and the freeing of inodes
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "hook/change.h"
#include "hook/device.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "measure/change.h"
#include "measure/measure.h"
#include "quarantine/list.h"

static int refuse(const struct path *path, const struct dentry *dentry,
		  enum rivet_life_obstacle obstacle)
{
	static const char * const details[] = {
		[RIVET_LIFE_HELD] = "not changed: it is being checked, or about to be mapped",
		[RIVET_LIFE_MAPPED] = "not changed: it is mapped executable as verified",
		[RIVET_LIFE_BEING_READ] = "not changed: it is being read as verified",
	};

	if (obstacle == RIVET_LIFE_FREE)
		return 0;
	rivet_report_change(path, dentry, details[obstacle], -ETXTBSY);
	return -ETXTBSY;
}

/**
 * rivet_hook_change_permit() - permit or refuse the opening of a file for writing
 * @file: the file
 *
 * While a file is mapped executable or read as verified, enforce mode refuses, like
 * the kernel for running programs. Otherwise the measurement becomes invalid.
 *
 * A file of overlayfs has no bytes of its own. The kernel next opens a file of a layer,
 * for which it calls the hook too.
 *
 * Context: may sleep; the caller holds the module.
 * Return: 0, or -ETXTBSY in enforce mode while the file is in use as verified.
 */
int rivet_hook_change_permit(struct file *file)
{
	const struct path *path = rivet_file_path(file);

	return refuse(path, path->dentry, rivet_change_begin(file_inode(file)));
}

/**
 * rivet_hook_change_expect() - permit or refuse a truncation before it begins
 * @path: the file, which is not opened for writing
 * @inode: inode of the file
 *
 * An early check, while the name is known. The later inode_setattr hook is the one that
 * protects the file.
 *
 * Context: may sleep; the caller holds the module.
 * Return: 0, or -ETXTBSY in enforce mode while the file is in use as verified.
 */
int rivet_hook_change_expect(const struct path *path, struct inode *inode)
{
	return refuse(path, path->dentry, rivet_change_look(inode));
}

/* Handles truncate(2), which has no open file. */
static int hook_path_truncate(const struct path *path)
{
	int ret;

	if (rivet_probe_sees(RIVET_HOOK_PATH_TRUNCATE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_TRUNCATE);
	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	ret = rivet_hook_change_expect(path, d_backing_inode(path->dentry));
	module_put(THIS_MODULE);
	return ret;
}

/*
 * Truncating an image drops the bytes behind its new end, and they read as zero when it
 * is extended again. This changes bytes below the files of the filesystem in the image.
 * Extending an image is harmless.
 */
static int ask_image(const struct dentry *dentry, loff_t size)
{
	const struct rivet_request req = {
		.op = RIVET_OP_MMAP,
		.hook = RIVET_HOOK_INODE_SETATTR,
		.inode = d_backing_inode(dentry),
		.cause = RIVET_CAUSE(RIVET_REASON_WRITABLE),
		.detail = "the image of a loop device in use, to be made shorter",
		.may_read = true,
	};

	return rivet_device_is_image(req.inode) && size < i_size_read(req.inode) ?
		rivet_decide(&req) : 0;
}

/*
 * Every change of a file's size calls this hook, with the inode that holds the bytes. For
 * overlayfs that is the inode of the layer. The caller is counted as a writer.
 */
static noinline int change_size(const struct dentry *dentry, loff_t size)
{
	int ret;

	if (rivet_probe_sees(RIVET_HOOK_INODE_SETATTR))
		return 0;
	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	ret = ask_image(dentry, size) ?:
		refuse(NULL, dentry, rivet_change_begin(d_backing_inode(dentry)));
	module_put(THIS_MODULE);
	return ret;
}

static int hook_inode_setattr(RIVET_INODE_SETATTR_IDMAP struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & ATTR_SIZE ? change_size(dentry, attr->ia_size) : 0;
}

static void hook_inode_free_security(struct inode *inode)
{
	if (rivet_probe_sees(RIVET_HOOK_INODE_FREE_SECURITY))
		return;
	rivet_report_count(RIVET_COUNT_HOOK_INODE_FREE);
	rivet_quarantine_inode_ends(inode);
	if (rivet_measure_may_be_known(inode))
		rivet_measure_forget(inode);
}

RIVET_HANDLER(path_truncate);
RIVET_HANDLER(inode_setattr);
RIVET_HANDLER(inode_free_security);
