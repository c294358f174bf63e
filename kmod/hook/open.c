// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/open: opening a file
 *
 * One hook serves several decisions: on files opened for execution, on files opened for
 * reading if the policy permits only verified files there, on files opened for writing,
 * and on special files through which a writer can change a file or a running program.
 * Permission for one does not skip the others, because one descriptor may serve them all.
 *
 * For each of its files overlayfs opens a file of a layer, and the kernel calls the hook
 * for both. Decisions on bytes are made for the second, which has the bytes. This
 * includes a new open after a copy-up, for example by a read(2).
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/pagemap.h>

#include "decide/decide.h"
#include "decide/reading.h"
#include "decide/report.h"
#include "hook/change.h"
#include "hook/device.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "measure/fstype.h"
#include "measure/measure.h"
#include "measure/measuring.h"
#include "measure/stale.h"
#include "measure/syscall.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "process/starts.h"
#include "quarantine/list.h"

#define EXEC_OPEN_USES	(RIVET_USE_EXEC | RIVET_USE_MMAP | RIVET_USE_SCRIPT)

/*
 * Checks whether execve(2) itself denies writers to a file that it opens. For a file of an
 * overlay it denies them to the overlay's inode, and not to that of the layer.
 */
static bool is_kept_by_execve(const struct file *file)
{
	return RIVET_EXECVE_DENIES_WRITERS && !(file->f_mode & FMODE_NOACCOUNT) &&
	       !FMODE_FSNOTIFY_HSM(file->f_mode);
}

/*
 * execve(2) opens a program or the loader it names. A file that would be refused both as
 * a program and as a loader is refused now, while execve(2) can still return an error. The
 * refusal of a loader at its mapping would kill the program.
 *
 * execve(2) reads the header of a loader long before it maps the loader. Where it does not keep
 * writers out meanwhile, the file counts as being read as verified from this decision on.
 */
static int ask_execution(struct file *file)
{
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_FILE_OPEN,
		.file = file,
		.inode = file_inode(file),
		.uses = EXEC_OPEN_USES,
		.may_read = true,
		.folder_locked = rivet_fstype_opens_in_folder(file),
		.is_early = true,
		.stays_open = !is_kept_by_execve(file),
	};

	if (!S_ISREG(req.inode->i_mode) || !rivet_fstype_is_verifiable(req.inode->i_sb))
		return 0;
	return rivet_decide(&req);
}

/*
 * Checks whether a file is permitted from memory, and nobody can write to it until it is used.
 * The measurement is looked at first: a file that is being read after that was not changed in
 * between.
 */
static noinline bool is_permitted_until_use(const struct file *file, struct inode *inode)
{
	/* The kernel has counted @file as a reader: a writer that misses that is seen here. */
	smp_mb__after_atomic();
	return (rivet_eval_cached(file, inode, RIVET_OP_EXECUTE, EXEC_OPEN_USES) ||
		rivet_eval_cached(file, inode, RIVET_OP_MMAP, EXEC_OPEN_USES)) &&
	       (is_kept_by_execve(file) || rivet_measure_is_read(inode));
}

/*
 * No early refusal is needed in audit mode, or for a file that stays permitted until its use.
 * Newer kernels open the program itself before they set in_execve; its later hook is early
 * enough. The early decision only refuses and never permits, because user space can set
 * the flag.
 */
static __always_inline bool exec_can_wait(const struct file *file)
{
	struct inode *inode = file_inode(file);

	return !current->in_execve || !rivet_mode_is_enforce() ||
	       rivet_real_is_layered(inode->i_sb) || is_permitted_until_use(file, inode);
}

/*
 * Checks whether the kernel opens a program to execute it, which creates no descriptor.
 * The flag alone is no proof, because some ioctls pass flags from user space unchecked.
 */
static bool is_execution(const struct file *file)
{
	if (likely(!(file->f_flags & __FMODE_EXEC)))
		return false;
	return !current->mm || current->in_execve || rivet_syscall_is_execve();
}

/* @decided: set if some rule covers the file, so that the rules have decided */
static int ask_reading(struct file *file, bool *decided)
{
	struct rivet_request req = {
		.hook = RIVET_HOOK_FILE_OPEN,
		.file = file,
		.may_read = true,
	};
	struct rivet_reading reading;
	int ret;

	if (!S_ISREG(file_inode(file)->i_mode) || rivet_real_is_layered(file_inode(file)->i_sb) ||
	    (current->flags & PF_KTHREAD) || is_execution(file))
		return 0;
	ret = rivet_reading_choose(file, NULL, &reading);
	if (ret <= 0)
		return ret ? rivet_decide_failed(ret) : 0;
	*decided = true;
	req.op = reading.op;
	req.name = reading.name;
	req.folder_locked = rivet_fstype_opens_in_folder(file);
	req.inode = file_inode(file);
	req.uses = req.op == RIVET_OP_SCRIPT ? RIVET_USE_SCRIPT : RIVET_USE_READ;
	ret = rivet_decide(&req);
	rivet_reading_free(&reading);
	return ret;
}

/*
 * SET quarantine-read=deny: decides on the reading of a file that is in memory and quarantined,
 * by threads of the kernel too, because they read for others. The rules have decided already
 * about a file that they cover, by its digest. execve(2) is decided on as an execution.
 */
static int ask_quarantined(struct file *file)
{
	const struct rivet_request req = {
		.op = RIVET_OP_READ,
		.hook = RIVET_HOOK_FILE_OPEN,
		.file = file,
		.inode = file_inode(file),
		.cause = RIVET_CAUSE(RIVET_REASON_QUARANTINED),
		.may_read = true,
		.folder_locked = rivet_fstype_opens_in_folder(file),
	};

	if (!S_ISREG(req.inode->i_mode) || rivet_real_is_layered(req.inode->i_sb) ||
	    is_execution(file) || !rivet_quarantine_closes(req.inode, !rivet_mode_is_enforce()))
		return 0;
	return rivet_decide(&req);
}

/* Writes to /proc/PID/mem also change memory that is mapped read-only. */
static bool is_memory_of_a_process(const struct file *file)
{
	const struct qstr *name = &file->f_path.dentry->d_name;

	return file_inode(file)->i_sb->s_magic == PROC_SUPER_MAGIC && name->len == 3 &&
	       !memcmp(name->name, "mem", 3);
}

#define CONFIGFS_MAGIC	0x62656570	/* not in any header */

/*
 * A setting in configfs can make the kernel serve a block device to others, like an NVMe
 * target, or write the heartbeat of a cluster to a device that was opened for reading
 * only. The kernel then opens the device without a hook, even if it is claimed. The
 * subsystems below open files like programs do, or claim their device, or do not use
 * block devices.
 */
static const char * const harmless_settings[] = {
	"acpi", "dlm", "gpio-aggregator", "gpio-sim", "iio", "netconsole", "rdma_cm", "target",
	"usb_gadget",
};

static bool is_server_setting(const struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;

	if (file_inode(file)->i_sb->s_magic != CONFIGFS_MAGIC)
		return false;
	/* Find the directory of the subsystem, which cannot be renamed. */
	while (!IS_ROOT(dentry) && !IS_ROOT(dentry->d_parent))
		dentry = dentry->d_parent;
	return match_string(harmless_settings, ARRAY_SIZE(harmless_settings),
			    dentry->d_name.name) < 0;
}

/* O_TRUNC also changes a file that is opened for reading only. */
static __always_inline bool changes(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return unlikely((file->f_mode & FMODE_WRITE) || (file->f_flags & O_TRUNC)) &&
	       (S_ISREG(inode->i_mode) || S_ISBLK(inode->i_mode) ||
		rivet_device_is_flash(inode->i_mode, inode->i_rdev));
}

/*
 * Describes a file whose writer could change files mapped from it or through it; NULL for any
 * other. On overlayfs this check runs for the opened file, then for the file of the layer.
 */
static const char *name_harm(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (rivet_device_is_flash(inode->i_mode, inode->i_rdev))
		return "flash memory, opened for writing";
	if (S_ISBLK(inode->i_mode))
		return rivet_device_is_claimed(inode->i_rdev) ?
			"a block device in use, opened for writing" : NULL;
	if (is_memory_of_a_process(file))
		return "the memory of a process, opened for writing";
	if (is_server_setting(file))
		return "a setting that may have the kernel write to a block device";
	if (rivet_device_is_image(inode))
		return "the image of a loop device in use, opened for writing";
	return NULL;
}

static int ask_change(struct file *file)
{
	const bool memory = is_memory_of_a_process(file);
	const struct rivet_request req = {
		.op = memory ? RIVET_OP_ANON_EXEC : RIVET_OP_MMAP,
		.hook = RIVET_HOOK_FILE_OPEN,
		.file = file,
		.inode = file_inode(file),
		.cause = RIVET_CAUSE(memory ? RIVET_REASON_ANONYMOUS : RIVET_REASON_WRITABLE),
		.detail = name_harm(file),
		.may_read = true,
		.folder_locked = rivet_fstype_opens_in_folder(file),
	};

	return req.detail ? rivet_decide(&req) : 0;
}

/* Files that hold no bytes of their own are not measured. */
static int begin_change(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode) || is_memory_of_a_process(file) || is_server_setting(file))
		return 0;
	if (!(file->f_mode & FMODE_WRITE))
		return rivet_hook_change_expect(&file->f_path, inode);
	return rivet_hook_change_permit(file) ?: rivet_stale_expect(inode);
}

static noinline int ask_open(struct file *file)
{
	bool decided = false;
	int ret = 0;

	if (rivet_probe_sees(RIVET_HOOK_FILE_OPEN))
		return 0;
	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	if (static_branch_unlikely(&rivet_policy_reads) && (file->f_mode & FMODE_READ))
		ret = ask_reading(file, &decided);
	if (static_branch_unlikely(&rivet_policy_denies_quarantined) && !ret && !decided &&
	    (file->f_mode & FMODE_READ))
		ret = ask_quarantined(file);
	if (!ret && changes(file))
		ret = ask_change(file) ?: begin_change(file);
	if (!ret && (file->f_flags & __FMODE_EXEC) && !exec_can_wait(file))
		ret = ask_execution(file);
	module_put(THIS_MODULE);
	return ret;
}

/* Out of line, so that most opens call no function, and so save no registers. */
static noinline bool needs_decision(struct file *file)
{
	if (file->f_flags & __FMODE_EXEC)
		rivet_starts_forget(file);
	/* Files that rivet itself opens for measuring need no decision. */
	if (unlikely(rivet_measuring_is_any()) && rivet_measuring_opens(file))
		return false;
	return static_branch_unlikely(&rivet_policy_reads) ||
	       static_branch_unlikely(&rivet_policy_denies_quarantined) || changes(file) ||
	       rivet_probe_runs() || ((file->f_flags & __FMODE_EXEC) && !exec_can_wait(file));
}

/* Most files are opened for reading and need no decision. */
static int hook_file_open(struct file *file)
{
	rivet_report_count(RIVET_COUNT_HOOK_OPEN);
	if (static_branch_unlikely(&rivet_policy_reads) ||
	    static_branch_unlikely(&rivet_policy_denies_quarantined) || rivet_probe_runs() ||
	    unlikely(rivet_measuring_is_any()) ||
	    unlikely((file->f_flags & (__FMODE_EXEC | O_TRUNC)) || (file->f_mode & FMODE_WRITE)))
		return needs_decision(file) ? ask_open(file) : 0;
	return 0;
}

RIVET_HANDLER(file_open);
