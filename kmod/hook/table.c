// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/table: the attached hooks, and evidence that they work
 *
 * The handlers themselves are in the other files of this folder. Unloading waits for
 * a grace period of RCU-tasks, which covers the way from a hook function into a
 * handler and back. A handler that may sleep holds a reference to the module.
 */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

#include "compat/syscall.h"
#include "hook/attach.h"
#include "hook/handlers.h"
#include "hook/kernel.h"
#include "hook/personality.h"
#include "hook/probe.h"
#include "hook/table.h"
#include "hook/task.h"
#include "measure/hold.h"
#include "measure/keep.h"
#include "mode/settings.h"
#include "policy/active.h"

#define HOOK_IN_ORDER(index, name, when) \
	[index] = { .function = "bpf_lsm_" #name, .order = when }
#define HOOK(index, name) HOOK_IN_ORDER(index, name, RIVET_ATTACH_LATER)
#define SYSCALL(index, name, which) \
	[index] = { .function = name, .order = RIVET_ATTACH_LATER, .concerns = which }

static_assert(__RIVET_HOOK_MAX <= 32, "hooks are bits of u32 masks");

/*
 * Hooks that report the end of an object, or the reuse of its address, are attached first
 * and detached last. After a missed call, a reused pointer would look verified.
 * rivet_hook_init() fills in the handlers.
 */
static struct rivet_attachment table[__RIVET_HOOK_MAX] = {
	HOOK_IN_ORDER(RIVET_HOOK_INODE_FREE_SECURITY, inode_free_security, RIVET_ATTACH_FIRST),
	HOOK(RIVET_HOOK_BPRM_CHECK_SECURITY, bprm_check_security),
	HOOK(RIVET_HOOK_MMAP_FILE, mmap_file),
	HOOK(RIVET_HOOK_FILE_MPROTECT, file_mprotect),
	HOOK_IN_ORDER(RIVET_HOOK_FILE_OPEN, file_open, RIVET_ATTACH_FIRST),
	HOOK(RIVET_HOOK_PATH_TRUNCATE, path_truncate),
	HOOK(RIVET_HOOK_BPRM_COMMITTED_CREDS, bprm_committed_creds),
	HOOK(RIVET_HOOK_BPRM_CREDS_FOR_EXEC, bprm_creds_for_exec),
	HOOK(RIVET_HOOK_KERNEL_READ_FILE, kernel_read_file),
	HOOK(RIVET_HOOK_KERNEL_POST_READ_FILE, kernel_post_read_file),
	HOOK(RIVET_HOOK_KERNEL_LOAD_DATA, kernel_load_data),
	HOOK(RIVET_HOOK_KERNEL_POST_LOAD_DATA, kernel_post_load_data),
	HOOK(RIVET_HOOK_PTRACE_ACCESS_CHECK, ptrace_access_check),
	HOOK(RIVET_HOOK_PTRACE_TRACEME, ptrace_traceme),
	HOOK(RIVET_HOOK_BPF_PROG, bpf_prog),
	HOOK(RIVET_HOOK_LOCKED_DOWN, locked_down),
	HOOK(RIVET_HOOK_FILE_IOCTL, file_ioctl),
	HOOK(RIVET_HOOK_FILE_IOCTL_COMPAT, file_ioctl_compat),
	HOOK(RIVET_HOOK_INODE_INIT_SECURITY_ANON, inode_init_security_anon),
	HOOK(RIVET_HOOK_URING_CMD, uring_cmd),
	HOOK(RIVET_HOOK_INODE_SETATTR, inode_setattr),
	HOOK(RIVET_HOOK_QUOTA_ON, quota_on),
	SYSCALL(RIVET_HOOK_PERSONALITY, RIVET_SYSCALL_PERSONALITY,
		rivet_hook_personality_concerns),
	SYSCALL(RIVET_HOOK_PERSONALITY_COMPAT, RIVET_SYSCALL_PERSONALITY_COMPAT,
		rivet_hook_personality_concerns_compat),
	/* Older kernels have another function of this name with a suffix, for a counter. */
	SYSCALL(RIVET_HOOK_UPROBE_REGISTER, "uprobe_register*", rivet_hook_task_refuses_uprobe),
};

static const struct rivet_handler * const handlers[] = {
	rivet_hook_exec_handlers, rivet_hook_open_handlers, rivet_hook_ioctl_handlers,
	rivet_hook_change_handlers, rivet_hook_task_handlers, rivet_hook_kernel_handlers,
	rivet_hook_guard_handlers, rivet_hook_personality_handlers,
};

#define ALWAYS_WANTED (BIT(RIVET_HOOK_INODE_FREE_SECURITY) | BIT(RIVET_HOOK_BPRM_CHECK_SECURITY) | \
		       BIT(RIVET_HOOK_MMAP_FILE) | BIT(RIVET_HOOK_FILE_OPEN) | \
		       BIT(RIVET_HOOK_PATH_TRUNCATE) | BIT(RIVET_HOOK_INODE_SETATTR) | \
		       BIT(RIVET_HOOK_BPRM_COMMITTED_CREDS))

#define KERNEL_HOOKS (BIT(RIVET_HOOK_KERNEL_READ_FILE) | BIT(RIVET_HOOK_KERNEL_POST_READ_FILE) | \
		      BIT(RIVET_HOOK_KERNEL_LOAD_DATA) | BIT(RIVET_HOOK_KERNEL_POST_LOAD_DATA))
#define TRACE_HOOKS (BIT(RIVET_HOOK_PTRACE_ACCESS_CHECK) | BIT(RIVET_HOOK_PTRACE_TRACEME) | \
		     (IS_ENABLED(CONFIG_UPROBES) ? BIT(RIVET_HOOK_UPROBE_REGISTER) : 0))
#define PERSONALITY_HOOKS ((RIVET_SYSCALLS_KNOWN ? BIT(RIVET_HOOK_PERSONALITY) : 0) | \
			   (RIVET_SYSCALLS_KNOWN && IS_ENABLED(CONFIG_COMPAT) ? \
			    BIT(RIVET_HOOK_PERSONALITY_COMPAT) : 0))
#define IOCTL_HOOKS (BIT(RIVET_HOOK_FILE_IOCTL) | BIT(RIVET_HOOK_FILE_IOCTL_COMPAT) | \
		     BIT(RIVET_HOOK_QUOTA_ON) | \
		     (IS_ENABLED(CONFIG_IO_URING) ? BIT(RIVET_HOOK_URING_CMD) : 0))
#define GUARD_HOOKS (BIT(RIVET_HOOK_BPF_PROG) | BIT(RIVET_HOOK_LOCKED_DOWN))

#define MEMORY_OPS (BIT(RIVET_OP_MPROTECT) | BIT(RIVET_OP_ANON_EXEC))
#define KERNEL_OPS (BIT(RIVET_OP_KMODULE) | BIT(RIVET_OP_FIRMWARE) | BIT(RIVET_OP_KEXEC))

/* Selects only hooks for which some rule or DEFAULT can answer anything but ALLOW. */
static u32 wanted_hooks(const struct rivet_rules *rules)
{
	u32 wanted = ALWAYS_WANTED;

	if (RIVET_EXECVE_CHECK_AVAILABLE)
		wanted |= BIT(RIVET_HOOK_BPRM_CREDS_FOR_EXEC);
	if (rules->acts & BIT(RIVET_OP_MMAP))
		wanted |= IOCTL_HOOKS;
	if (rules->acts & MEMORY_OPS)
		wanted |= BIT(RIVET_HOOK_FILE_MPROTECT);
	if (rules->acts & BIT(RIVET_OP_ANON_EXEC))
		wanted |= TRACE_HOOKS | PERSONALITY_HOOKS |
			  BIT(RIVET_HOOK_INODE_INIT_SECURITY_ANON);
	if (rules->acts & KERNEL_OPS)
		wanted |= KERNEL_HOOKS;
	if (rules->acts & BIT(RIVET_OP_KMODULE))
		wanted |= GUARD_HOOKS;
	return wanted;
}

static u32 attached_hooks(void)
{
	u32 attached = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].attached)
			attached |= BIT(i);
	return attached;
}

/**
 * rivet_hook_add() - attach the hooks that a policy needs, and detach none
 * @rules: rules of the policy
 *
 * For the time in which the previous policy is still active and needs its own hooks.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0, or an errno of rivet_attach_change().
 */
int rivet_hook_add(const struct rivet_rules *rules)
{
	lockdep_assert_held(&rivet_settings_lock);
	return rivet_attach_change(table, ARRAY_SIZE(table),
				   attached_hooks() | wanted_hooks(rules));
}

/**
 * rivet_hook_want() - attach exactly the hooks that a policy needs
 * @rules: rules of the policy
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0, or an errno of rivet_attach_change(). If attaching failed, all hooks that
 * were attached before still are.
 */
int rivet_hook_want(const struct rivet_rules *rules)
{
	lockdep_assert_held(&rivet_settings_lock);
	return rivet_attach_change(table, ARRAY_SIZE(table), wanted_hooks(rules));
}

/**
 * rivet_hook_state() - get the evidence that a hook works
 * @hook: the hook
 *
 * Context: any.
 * Return: the state.
 */
enum rivet_hook_state rivet_hook_state(enum rivet_hook hook)
{
	if (table[hook].missing)
		return RIVET_HOOK_MISSING;
	if (!table[hook].attached)
		return RIVET_HOOK_UNUSED;
	return rivet_probe_has_seen(hook) ? RIVET_HOOK_LIVE : RIVET_HOOK_DERIVED;
}

static const char *resident_state(void)
{
	struct rivet_policy *policy = rivet_policy_get();
	bool off = policy->rules.settings.value[RIVET_SETTING_RESIDENT] == RIVET_RESIDENT_OFF;

	rivet_policy_put(policy);
	if (off)
		return "off the policy says so; changes below a filesystem may run unmeasured";
	if (rivet_keep_mode() == RIVET_RESIDENT_OFF)
		return "unused in audit mode no pages are held";
	return "live while enforcing, the pages that were measured are those that are used";
}

/**
 * rivet_hook_show() - print the coverage table
 * @m: output; one line for each hook: name, state, explanation
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_hook_show(struct seq_file *m)
{
	static const char * const states[] = {
		[RIVET_HOOK_UNUSED] = "unused nothing that the active policy decides passes here on this kernel",
		[RIVET_HOOK_DERIVED] = "derived attached; cannot be provoked while loading",
		[RIVET_HOOK_LIVE] = "live provoked while loading, and seen",
		[RIVET_HOOK_MISSING] = "missing this kernel has no such hook, or has it in use otherwise: see its log",
	};
	enum rivet_hook hook;

	for (hook = 0; hook < __RIVET_HOOK_MAX; hook++)
		seq_printf(m, "%s %s\n", rivet_name_hook(hook), states[rivet_hook_state(hook)]);
	seq_puts(m, "module_notifier live while enforcing, a module goes live only after it was permitted\n");
	seq_printf(m, "resident %s\n", resident_state());
	seq_printf(m, "execve_check %s\n", RIVET_EXECVE_CHECK_AVAILABLE ?
		   "live interpreters can ask with AT_EXECVE_CHECK" :
		   "missing this kernel has no AT_EXECVE_CHECK; use op=SCRIPT for interpreters");
	seq_printf(m, "read_count %s\n", RIVET_READCOUNT_AVAILABLE ?
		   "live what is being read as verified is kept from being written" :
		   "missing this kernel does not count readers (CONFIG_IMA); what was verified when it was opened may change while it is read");
	seq_printf(m, "fsverity_digest %s\n", RIVET_FSVERITY_AVAILABLE ?
		   "live the kernel tells modules fs-verity digests" :
		   "missing this kernel does not export fsverity_get_digest; files are hashed whole");
	return 0;
}

static int __init check_proven(void)
{
	static const enum rivet_hook must[] = {
		RIVET_HOOK_INODE_FREE_SECURITY, RIVET_HOOK_BPRM_CHECK_SECURITY,
		RIVET_HOOK_MMAP_FILE, RIVET_HOOK_FILE_OPEN, RIVET_HOOK_PATH_TRUNCATE,
		RIVET_HOOK_INODE_SETATTR,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(must); i++) {
		if (rivet_probe_has_seen(must[i]))
			continue;
		pr_err("not loading: the hook %s does not answer; the BPF LSM is not active: boot with bpf in lsm= (lsm=...,bpf)\n",
		       rivet_name_hook(must[i]));
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * If ftrace cannot detach a hook, the kernel would continue to call the handler. The
 * kernel frees a module that is unloading or fails to load regardless of its references.
 * The module therefore never finishes unloading.
 */
static void stay_for_ever(int err)
{
	pr_emerg("a hook cannot be detached (error %d): the module stays in memory, and this task with it, until the next boot\n",
		 err);
	for (;;)
		schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
}

static void detach_all(void)
{
	int err;

	mutex_lock(&rivet_settings_lock);
	err = rivet_attach_change(table, ARRAY_SIZE(table), 0);
	mutex_unlock(&rivet_settings_lock);
	if (WARN_ON_ONCE(err))
		stay_for_ever(err);
	/* A failing load does not wait for handlers. One reference belongs to the load itself. */
	while (THIS_MODULE->state == MODULE_STATE_COMING && module_refcount(THIS_MODULE) > 1)
		msleep(20);
	synchronize_rcu_tasks();
	rivet_hold_exit();
	synchronize_rcu_tasks();
}

/* Checks that each hook has a function and a handler, so that no call jumps to NULL. */
static int __init fill_in_handlers(void)
{
	const struct rivet_handler *h;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(handlers); i++)
		for (h = handlers[i]; h->function; h++)
			table[h->hook].handler = h->function;
	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (WARN_ON_ONCE(!table[i].function || !table[i].handler))
			return -EINVAL;
	return 0;
}

/**
 * rivet_hook_init() - attach the hooks that the active policy needs, and prove them live
 *
 * Context: process context of insmod; may sleep.
 * Return: 0; -EOPNOTSUPP if the kernel does not call a required hook; -ENOENT if the
 * kernel has no BPF LSM; another errno of rivet_attach_change() or rivet_hook_kernel_init().
 */
int __init rivet_hook_init(void)
{
	struct rivet_policy *policy;
	int err;

	err = fill_in_handlers();
	if (err)
		return err;
	policy = rivet_policy_get();
	mutex_lock(&rivet_settings_lock);
	err = rivet_hook_want(&policy->rules);
	mutex_unlock(&rivet_settings_lock);
	rivet_policy_put(policy);
	if (err)
		return err;
	rivet_probe_run();
	err = check_proven();
	if (!err)
		err = rivet_hook_kernel_init();
	if (err)
		detach_all();
	return err;
}

/**
 * rivet_hook_exit() - detach all hooks and wait until no handler runs
 *
 * Context: may sleep.
 */
void rivet_hook_exit(void)
{
	rivet_hook_kernel_exit();
	detach_all();
}
