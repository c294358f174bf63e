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
#include "measure/write_denial.h"
#include "measure/keep.h"
#include "mode/settings.h"
#include "policy/active.h"

#define LSM(name)		.function = "bpf_lsm_" #name
#define CALL(name, which)	.function = name, .concerns = which
#define OP(op)			BIT(RIVET_OP_##op)
#define ALWAYS			BIT(30)
#define REQUIRED		BIT(31)

static_assert(__RIVET_HOOK_MAX <= 32, "hooks are bits of u32 masks");
static_assert(__RIVET_OP_MAX <= 30, "operations are bits beside ALWAYS and REQUIRED");

/* rivet_hook_init() fills in the handlers. */
static struct rivet_attachment table[__RIVET_HOOK_MAX] = {
#define RIVET_HOOK(id, word, from, when, asked, built) \
	[RIVET_HOOK_##id] = { from, .order = RIVET_ATTACH_##when },
#include "text/hooks.def"
#undef RIVET_HOOK
};

/* What a hook is asked about; 0 if this kernel lacks it. */
static const u32 asked_about[__RIVET_HOOK_MAX] = {
#define RIVET_HOOK(id, word, from, when, asked, built) \
	[RIVET_HOOK_##id] = (built) ? (asked) : 0,
#include "text/hooks.def"
#undef RIVET_HOOK
};

static u32 wanted_hooks(const struct rivet_rules *rules)
{
	u32 wanted = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asked_about); i++)
		if (asked_about[i] & (rules->acts | ALWAYS | REQUIRED))
			wanted |= BIT(i);
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
	enum rivet_hook hook;

	for (hook = 0; hook < __RIVET_HOOK_MAX; hook++) {
		if (!(asked_about[hook] & REQUIRED) || rivet_probe_has_seen(hook))
			continue;
		pr_err("not loading: the hook %s does not answer; the BPF LSM is not active: boot with bpf in lsm= (lsm=...,bpf)\n",
		       rivet_name_hook(hook));
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
	rivet_write_denial_exit();
	synchronize_rcu_tasks();
}

static void __init fill_in_handlers(void)
{
#define RIVET_HOOK(id, word, from, when, asked, built) \
	table[RIVET_HOOK_##id].handler = rivet_handler_##word;
#include "text/hooks.def"
#undef RIVET_HOOK
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

	fill_in_handlers();
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
