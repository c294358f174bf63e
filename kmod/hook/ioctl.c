// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/ioctl: requests that change the bytes below a filesystem
 *
 * These requests write no file and need no descriptor open for writing. A request to
 * ext4, a loop device, the device mapper or a disk with partitions changes the blocks
 * below cached files. An array writes to the blocks of its bitmap file, a filesystem
 * writes to its quota files, and a disk executes any command passed through to it. All
 * are decided as op=MMAP with the reason writable. Rules with exe= permit tools.
 */
#include <linux/blkdev.h>
#include <linux/blkpg.h>
#include <linux/dcache.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/mmc/ioctl.h>
#include <linux/module.h>
#include <linux/nvme_ioctl.h>
#include <linux/raid/md_u.h>

#include "compat/io_uring_cmd.h"
#include "decide/decide.h"
#include "decide/report.h"
#include "hook/device.h"
#include "hook/handlers.h"
#include "measure/change.h"
#include "measure/end.h"
#include "measure/keep.h"
#include "measure/measure.h"
#include "text/names.h"

#define EXT4_MOVE_EXTENTS	0xc028660f	/* EXT4_IOC_MOVE_EXT, not in any header */

static const char *name_exchange(struct file *file)
{
	if (file_inode(file)->i_sb->s_magic != EXT4_SUPER_MAGIC)
		return NULL;
	return "an exchange of blocks between files";
}

/*
 * Flags of a file on ext4. One of them (journalled data) makes ext4 replace the operations
 * of the file's mapping, which opens it for changes. The caller can change the flags in its
 * memory after a check, so the request is refused with any flags.
 */
static const char *name_flags(struct file *file)
{
	struct inode *inode = rivet_file_inode(file);

	if (inode->i_sb->s_magic != EXT4_SUPER_MAGIC || rivet_measure_reopen(inode))
		return NULL;
	return "flags of a file that is in use as verified";
}

/*
 * Sharing equal blocks needs no descriptor open for writing. xfs removes the cached pages
 * of the file that shares, including pages held because the file is in use as verified. A
 * later access to such a page causes SIGBUS. The caller can change the list of files in
 * its memory after a check, so each request on xfs needs a decision.
 */
static const char *name_dedupe(struct file *file)
{
	if (rivet_file_inode(file)->i_sb->s_magic != XFS_SUPER_MAGIC ||
	    rivet_keep_mode() == RIVET_RESIDENT_OFF)
		return NULL;
	return "blocks of xfs, to be shared with files that may be in use as verified";
}

/* For a loop device in use. Partitions accept the same requests as their disk. */
static const char *name_loop(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISBLK(inode->i_mode) || !rivet_device_disk_is_claimed(inode->i_rdev))
		return NULL;
	return "a loop device in use, to be given another image or part of it";
}

/* The caller can change the partition in its memory after a check, so none is checked. */
static const char *name_partition(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISBLK(inode->i_mode) || !rivet_device_disk_is_claimed(inode->i_rdev))
		return NULL;
	return "a partition of a disk in use, to be added, removed or resized";
}

/*
 * The caller can change the device name in its memory after a check, so every table load,
 * suspend, resume and message needs a decision, for any device. The device mapper
 * dispatches by the command number only. A table loaded earlier takes effect on resume.
 */
static const char *name_mapping(struct file *file, unsigned int number)
{
	struct inode *inode = file_inode(file);

	if (!S_ISCHR(inode->i_mode) || inode->i_rdev != MKDEV(MISC_MAJOR, MAPPER_CTRL_MINOR))
		return NULL;
	switch (number) {
	case DM_TABLE_LOAD_CMD:
		return "a table for the device mapper";
	case DM_DEV_SUSPEND_CMD:
		return "a mapped device, to be suspended or resumed";
	case DM_TARGET_MSG_CMD:
		return "a message to a mapped device";
	default:
		return NULL;
	}
}

/* For an array. No other device accepts the request. */
static const char *name_bitmap(struct file *file)
{
	if (!S_ISBLK(file_inode(file)->i_mode))
		return NULL;
	return "another file for the bitmap of an array";
}

/*
 * The command is in the caller's memory and may write. The device is a character device
 * for the whole disk, or a disk in use.
 */
static const char *name_command(struct file *file)
{
	struct inode *inode = file_inode(file);
	bool in_use = S_ISBLK(inode->i_mode) ? rivet_device_disk_is_claimed(inode->i_rdev) :
					       S_ISCHR(inode->i_mode);

	return in_use ? "a command passed through to a disk" : NULL;
}

/* Covers the I/O commands in all their sizes, not the admin commands. */
static const char *name_nvme(struct file *file, unsigned int number)
{
	switch (number) {
	case _IOC_NR(NVME_IOCTL_SUBMIT_IO):
	case _IOC_NR(NVME_IOCTL_IO_CMD):
	case _IOC_NR(NVME_IOCTL_IO64_CMD):
	case _IOC_NR(NVME_IOCTL_IO64_CMD_VEC):
	case _IOC_NR(NVME_URING_CMD_IO):
	case _IOC_NR(NVME_URING_CMD_IO_VEC):
		return name_command(file);
	default:
		return NULL;
	}
}

#define NVME_TYPE	_IOC_TYPE(NVME_IOCTL_IO_CMD)
#define LOOP_TYPE	_IOC_TYPE(LOOP_SET_FD)

static const char *name_change(struct file *file, unsigned int cmd)
{
	switch (_IOC_TYPE(cmd)) {
	case DM_IOCTL:
		return name_mapping(file, _IOC_NR(cmd));
	case NVME_TYPE:
		return name_nvme(file, _IOC_NR(cmd));
	}
	switch (cmd) {
	case EXT4_MOVE_EXTENTS:
		return name_exchange(file);
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
		return name_flags(file);
	case FIDEDUPERANGE:
		return name_dedupe(file);
	case LOOP_CHANGE_FD:
	case LOOP_SET_STATUS:
	case LOOP_SET_STATUS64:
		return name_loop(file);
	case BLKPG:
		return name_partition(file);
	case SET_BITMAP_FILE:
		return name_bitmap(file);
	case MMC_IOC_CMD:
	case MMC_IOC_MULTI_CMD:
		return name_command(file);
	default:
		return NULL;
	}
}

static bool is_of_interest(unsigned int cmd)
{
	switch (_IOC_TYPE(cmd)) {
	case DM_IOCTL:
	case LOOP_TYPE:
	case MMC_BLOCK_MAJOR:
	case NVME_TYPE:
		return true;
	default:
		return cmd == EXT4_MOVE_EXTENTS || cmd == SET_BITMAP_FILE || cmd == BLKPG ||
		       cmd == FS_IOC_SETFLAGS || cmd == FS_IOC32_SETFLAGS || cmd == FIDEDUPERANGE;
	}
}

static int ask_change(struct file *file, unsigned int cmd, enum rivet_hook hook)
{
	const struct rivet_request req = {
		.op = RIVET_OP_MMAP,
		.hook = hook,
		.file = file,
		.inode = file_inode(file),
		.cause = RIVET_CAUSE(RIVET_REASON_WRITABLE),
		.detail = name_change(file, cmd),
		.may_read = true,
	};

	if (!req.detail)
		return 0;
	return rivet_decide(&req);
}

static noinline int ask_pinned(struct file *file, unsigned int cmd, enum rivet_hook hook)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	ret = ask_change(file, cmd, hook);
	module_put(THIS_MODULE);
	return ret;
}

static int hook_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return unlikely(is_of_interest(cmd)) ?
		ask_pinned(file, cmd, RIVET_HOOK_FILE_IOCTL) : 0;
}

static int hook_file_ioctl_compat(struct file *file, unsigned int cmd, unsigned long arg)
{
	return unlikely(is_of_interest(cmd)) ?
		ask_pinned(file, cmd, RIVET_HOOK_FILE_IOCTL_COMPAT) : 0;
}

static int hook_uring_cmd(struct io_uring_cmd *cmd)
{
	return unlikely(is_of_interest(cmd->cmd_op)) ?
		ask_pinned(cmd->file, cmd->cmd_op, RIVET_HOOK_URING_CMD) : 0;
}

/* The kernel does not call this hook for quotas in files without a name. */
static int ask_quota(struct dentry *dentry)
{
	char name[RIVET_DETAIL_MAX / 2], detail[RIVET_DETAIL_MAX];
	struct name_snapshot snapshot;
	const struct rivet_request req = {
		.op = RIVET_OP_MMAP,
		.hook = RIVET_HOOK_QUOTA_ON,
		.inode = d_inode(dentry),
		.cause = RIVET_CAUSE(RIVET_REASON_WRITABLE),
		.detail = detail,
		.may_read = true,
	};

	take_dentry_name_snapshot(&snapshot, dentry);
	rivet_name_escape(snapshot.name.name, snapshot.name.len, name, sizeof(name));
	release_dentry_name_snapshot(&snapshot);
	snprintf(detail, sizeof(detail), "a file (%s) for the quotas of its filesystem", name);
	return rivet_decide(&req);
}

/* The kernel writes to the file from now on. */
static int begin_quota(struct dentry *dentry)
{
	if (rivet_change_begin(d_inode(dentry)) == RIVET_LIFE_FREE)
		return 0;
	rivet_report_change(NULL, dentry, "not made the file of quotas: it is in use as verified",
			    -ETXTBSY);
	return -ETXTBSY;
}

static int hook_quota_on(struct dentry *dentry)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	ret = ask_quota(dentry) ?: begin_quota(dentry);
	module_put(THIS_MODULE);
	return ret;
}

RIVET_HANDLER(file_ioctl);
RIVET_HANDLER(file_ioctl_compat);
RIVET_HANDLER(uring_cmd);
RIVET_HANDLER(quota_on);
