// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_ioctl: requests that put other bytes below a filesystem
 *
 * No file is written, nor need one be open for writing: a request to ext4, to a loop
 * device or to the device mapper changes what the blocks below cached files are, and an
 * array writes to those of the file that has its bitmap. All are decided as op=MMAP with
 * the reason writable; exe= names the tools that may.
 */
#include <linux/blkdev.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/raid/md_u.h>

#include "decide.h"
#include "device.h"
#include "handlers.h"
#include "report.h"

#define EXT4_MOVE_EXTENTS	0xc028660f	/* EXT4_IOC_MOVE_EXT, which no header has */

static const char *name_exchange(struct file *file)
{
	if (file_inode(file)->i_sb->s_magic != EXT4_SUPER_MAGIC)
		return NULL;
	return "an exchange of blocks between files";
}

/* Of a mounted one: partitions take the same requests as their disk. */
static const char *name_loop(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISBLK(inode->i_mode) || !rivet_device_disk_is_claimed(inode->i_rdev))
		return NULL;
	return "a loop device in use, to be given another image or part of it";
}

/*
 * Which device the table is for is in memory that its caller can change meanwhile:
 * one that nobody uses yet cannot be told from one that is mounted.
 */
static const char *name_table(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISCHR(inode->i_mode) || inode->i_rdev != MKDEV(MISC_MAJOR, MAPPER_CTRL_MINOR))
		return NULL;
	return "a table for the device mapper";
}

/* To an array; no other device knows the request. */
static const char *name_bitmap(struct file *file)
{
	if (!S_ISBLK(file_inode(file)->i_mode))
		return NULL;
	return "another file for the bitmap of an array";
}

static const char *name_change(struct file *file, unsigned int cmd)
{
	/* The device mapper goes by the number alone. */
	if (_IOC_TYPE(cmd) == DM_IOCTL && _IOC_NR(cmd) == DM_TABLE_LOAD_CMD)
		return name_table(file);
	switch (cmd) {
	case EXT4_MOVE_EXTENTS:
		return name_exchange(file);
	case LOOP_CHANGE_FD:
	case LOOP_SET_STATUS:
	case LOOP_SET_STATUS64:
		return name_loop(file);
	case SET_BITMAP_FILE:
		return name_bitmap(file);
	default:
		return NULL;
	}
}

static bool is_of_interest(unsigned int cmd)
{
	return _IOC_TYPE(cmd) == DM_IOCTL || cmd == EXT4_MOVE_EXTENTS ||
	       cmd == SET_BITMAP_FILE || _IOC_TYPE(cmd) == _IOC_TYPE(LOOP_SET_FD);
}

static int decide_change(struct file *file, unsigned int cmd, enum rivet_hook hook)
{
	const struct rivet_request req = {
		.op = RIVET_OP_MMAP,
		.hook = hook,
		.file = file,
		.inode = file_inode(file),
		.forced = RIVET_REASON_WRITABLE,
		.detail = name_change(file, cmd),
		.may_sleep = true,
	};

	if (!req.detail)
		return 0;
	rivet_report_count(RIVET_COUNT_DECISIONS);
	return rivet_decide(&req);
}

static noinline int decide_pinned(struct file *file, unsigned int cmd, enum rivet_hook hook)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return 0;
	ret = decide_change(file, cmd, hook);
	module_put(THIS_MODULE);
	return ret;
}

static int hook_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return unlikely(is_of_interest(cmd)) ?
		decide_pinned(file, cmd, RIVET_HOOK_FILE_IOCTL) : 0;
}

static int hook_file_ioctl_compat(struct file *file, unsigned int cmd, unsigned long arg)
{
	return unlikely(is_of_interest(cmd)) ?
		decide_pinned(file, cmd, RIVET_HOOK_FILE_IOCTL_COMPAT) : 0;
}

const struct rivet_handler rivet_hook_ioctl_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_FILE_IOCTL, file_ioctl),
	RIVET_HANDLER(RIVET_HOOK_FILE_IOCTL_COMPAT, file_ioctl_compat),
	RIVET_HANDLERS_END
};
