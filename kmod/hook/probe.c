// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/probe: prove at load that the kernel calls the attached hooks
 *
 * A kernel without bpf in its LSM list has the hook functions, and attaching to them
 * succeeds, but the kernel never calls them. The probe therefore performs a harmless
 * operation for each hook that it can provoke. The handler records that the probing
 * task has called it.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel_read_file.h>
#include <linux/kmod.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/path.h>
#include <linux/security.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/umh.h>

#include "hook/probe.h"

DEFINE_STATIC_KEY_FALSE(rivet_probe_running);

static_assert(__RIVET_HOOK_MAX <= BITS_PER_LONG, "hooks are bits of seen");

static unsigned long seen __ro_after_init;	/* bit per enum rivet_hook, set by the handlers */
static const struct task_struct *prober;	/* the loading task */
static const struct task_struct *exec_prober;	/* the child that tries to execute */

/**
 * rivet_probe_mark() - record the call of a hook by the probe
 * @hook: the hook
 *
 * Context: any.
 * Return: true if the acting task is the probe.
 */
bool rivet_probe_mark(enum rivet_hook hook)
{
	if (current != READ_ONCE(prober) && current != READ_ONCE(exec_prober))
		return false;
	set_bit(hook, &seen);
	return true;
}

/**
 * rivet_probe_has_seen() - check whether a hook was proven live
 * @hook: the hook
 *
 * Context: any.
 * Return: true if the probe has called the hook.
 */
bool rivet_probe_has_seen(enum rivet_hook hook)
{
	return test_bit(hook, &seen);
}

static void __init provoke_mmap(void)
{
	unsigned long addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (!IS_ERR_VALUE(addr))
		vm_munmap(addr, PAGE_SIZE);
}

/* Creating and removing a name in securityfs frees an inode. */
static void __init provoke_inode_free(void)
{
	struct dentry *dentry = securityfs_create_dir("rivet-probe", NULL);

	if (!IS_ERR(dentry))
		securityfs_remove(dentry);
}

static void __init provoke_open(void)
{
	struct file *file = filp_open("/", O_RDONLY | O_DIRECTORY, 0);

	if (!IS_ERR(file))
		fput(file);
}

static void __init provoke_truncate(void)
{
	struct file *file = shmem_file_setup("rivet-probe", 0, EMPTY_VMA_FLAGS);

	if (IS_ERR(file))
		return;
	/* shmem files are open for writing. vfs_truncate() calls both hooks for any file. */
	vfs_truncate(&file->f_path, 0);
	fput(file);
}

/* Nothing is loaded, so the return values of the hooks and the content do not matter. */
static void __init provoke_kernel_content(void)
{
	struct file *file = shmem_file_setup("rivet-probe", 0, EMPTY_VMA_FLAGS);
	char nothing[1] = "";

	if (!IS_ERR(file)) {
		security_kernel_read_file(file, READING_POLICY, true);
		security_kernel_post_read_file(file, nothing, 0, READING_POLICY);
		fput(file);
	}
	security_kernel_load_data(LOADING_POLICY, true);
	security_kernel_post_load_data(nothing, 0, LOADING_POLICY, nothing);
	security_locked_down(LOCKDOWN_TRACEFS);
}

static int __init note_exec_prober(struct subprocess_info *info, struct cred *new)
{
	WRITE_ONCE(exec_prober, current);
	return 0;
}

/* The handler refuses the execution before any code of the program runs. */
static void __init provoke_exec(const char *path)
{
	char *argv[] = { (char *)path, NULL };
	char *envp[] = { NULL };
	struct subprocess_info *info;

	if (rivet_probe_has_seen(RIVET_HOOK_BPRM_CHECK_SECURITY))
		return;
	info = call_usermodehelper_setup(path, argv, envp, GFP_KERNEL, note_exec_prober, NULL,
					 NULL);
	if (info)
		call_usermodehelper_exec(info, UMH_WAIT_EXEC);
	WRITE_ONCE(exec_prober, NULL);
}

/* Tries executable regular files, beginning with the program that loads this module. */
static void __init provoke_exec_of_something(void)
{
	char *buffer = __getname();
	struct file *exe = NULL;
	char *path;

	if (!buffer)
		return;
	rcu_read_lock();
	if (current->mm && rcu_access_pointer(current->mm->exe_file))
		exe = get_file(rcu_dereference(current->mm->exe_file));
	rcu_read_unlock();
	if (exe) {
		path = d_path(&exe->f_path, buffer, PATH_MAX);
		if (!IS_ERR(path))
			provoke_exec(path);
		fput(exe);
	}
	__putname(buffer);
	provoke_exec("/proc/1/exe");
	provoke_exec("/sbin/init");
	provoke_exec("/bin/sh");
	provoke_exec("/init");
}

/**
 * rivet_probe_run() - provoke every hook that can be provoked
 *
 * Context: process context of insmod; may sleep.
 */
void __init rivet_probe_run(void)
{
	WRITE_ONCE(prober, current);
	static_branch_enable(&rivet_probe_running);
	provoke_mmap();
	provoke_inode_free();
	provoke_open();
	provoke_truncate();
	provoke_kernel_content();
	provoke_exec_of_something();
	static_branch_disable(&rivet_probe_running);
	WRITE_ONCE(prober, NULL);
}
