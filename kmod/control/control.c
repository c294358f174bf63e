// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/control: changes of mode, policy and trust by the operator
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jump_label.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "control/control.h"
#include "control/enforce.h"
#include "control/precondition.h"
#include "control/running.h"
#include "control/sweep.h"
#include "control/token.h"
#include "event/event.h"
#include "hook/table.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "policy/active.h"
#include "process/init_mounts.h"
#include "respond/isolate.h"
#include "riv/mount_watch.h"
#include "trust/trust.h"
#include "verify/schedule.h"

static int refuse_audit(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_is_enforce())
		return 0;
	rivet_event_change(RIVET_EVENT_MODE, -EPERM,
			   "enforce is left only by a signed token: rivetctl unlock request");
	return -EPERM;
}

static int parse_seconds(const char *text, size_t len, unsigned int *seconds)
{
	u64 value;

	if (rivet_parse_u64(text, len, &value) || !value || value > RIVET_CONFIRM_MAX)
		return -EINVAL;
	*seconds = value;
	return 0;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(text, word, len);
}

static void settle_schedule(void)
{
	struct rivet_policy *policy = rivet_policy_get();

	lockdep_assert_held(&rivet_settings_lock);
	rivet_schedule_set(policy->rules.settings.value[RIVET_SETTING_REVERIFY]);
	rivet_policy_put(policy);
}

/* The hooks of the old policy stay attached until the new policy is active. */
static int install_policy(struct rivet_policy *policy,
			  int (*publish)(struct rivet_policy *policy))
{
	struct rivet_policy *now;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	ret = rivet_hook_add(&policy->rules);
	if (!ret)
		ret = rivet_isolate_arm(policy);
	if (!ret)
		ret = publish(policy);
	if (ret)
		rivet_policy_put(policy);
	now = rivet_policy_get();
	if (ret)
		rivet_isolate_arm(now);
	WARN_ON_ONCE(rivet_hook_want(&now->rules));
	rivet_policy_put(now);
	if (!static_key_enabled(&rivet_policy_reads))
		rivet_init_mounts_forget();
	rivet_mount_watch_forget();
	if (!ret) {
		rivet_enforce_settle_pages();
		settle_schedule();
		rivet_sweep_programs();
	}
	return ret;
}

/* For a boot that finds no valid policy on a machine that is to enforce. */
static int fall_back(void)
{
	struct rivet_policy *policy = rivet_policy_get();
	bool loaded = !policy->builtin, unlocked = rivet_token_was_used();
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	rivet_policy_put(policy);
	if (loaded || unlocked) {
		rivet_event_change(RIVET_EVENT_MODE, -EPERM, "no fallback: %s",
				   loaded ? "a signed policy is active" :
				   "this boot was unlocked by a signed token");
		return -EPERM;
	}
	if (rivet_mode_is_enforce())
		return 0;
	policy = rivet_policy_build_fallback();
	if (IS_ERR(policy))
		return PTR_ERR(policy);
	ret = install_policy(policy, rivet_policy_fall_back);
	if (ret)
		return ret;
	rivet_enforce_at_once();
	return 0;
}

static int set_mode(const char *text, size_t len)
{
	static const char trial[] = "enforce ";
	unsigned int seconds = 0;

	lockdep_assert_held(&rivet_settings_lock);
	if (is_word(text, len, "audit"))
		return refuse_audit();
	if (is_word(text, len, "confirm"))
		return rivet_enforce_confirm();
	if (is_word(text, len, "fallback"))
		return fall_back();
	if (is_word(text, len, "enforce"))
		return rivet_enforce_start(0);
	if (len > strlen(trial) && !memcmp(text, trial, strlen(trial)) &&
	    !parse_seconds(text + strlen(trial), len - strlen(trial), &seconds))
		return rivet_enforce_start(seconds);
	pr_warn("mode: expected audit, enforce, enforce SECONDS (1 to %u), confirm or fallback\n",
		RIVET_CONFIRM_MAX);
	return -EINVAL;
}

/**
 * rivet_control_set_mode() - change the mode
 * @text: audit, enforce, enforce SECONDS, confirm or fallback; without a newline
 * @len: bytes of @text
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -EPERM if the change is not allowed now (each reason was reported, except
 * for a confirm outside enforce mode); -EINVAL.
 */
int rivet_control_set_mode(const char *text, size_t len)
{
	bool sweep;
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = set_mode(text, len);
	sweep = rivet_enforce_take_sweep();
	mutex_unlock(&rivet_settings_lock);
	if (sweep)
		rivet_running_enforced();
	return ret;
}

/*
 * The signers say by boot=enforce that the machine has been tried. After an unlock it is the
 * operator's turn until the next boot.
 */
static void obey_boot_setting(void)
{
	struct rivet_policy *policy = rivet_policy_get();
	u8 boot = policy->rules.settings.value[RIVET_SETTING_BOOT];

	lockdep_assert_held(&rivet_settings_lock);
	rivet_policy_put(policy);
	if (boot != RIVET_BOOT_ENFORCE || rivet_token_was_used())
		return;
	if (rivet_mode_is_enforce()) {
		rivet_enforce_confirm();
		return;
	}
	rivet_enforce_at_once();
}

/**
 * rivet_control_load_policy() - make a signed policy the active one, and obey its boot=
 * @data: the signed object
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0, also if the policy is active already; otherwise an errno of
 * rivet_policy_build(), rivet_policy_publish() or rivet_attach_change(), and the active
 * policy stays.
 */
int rivet_control_load_policy(const void *data, size_t len)
{
	struct rivet_policy *policy;
	bool same, sweep;
	int ret;

	mutex_lock(&rivet_settings_lock);
	policy = rivet_policy_build(data, len, &same);
	if (IS_ERR(policy)) {
		ret = PTR_ERR(policy);
	} else if (same) {
		rivet_policy_put(policy);
		rivet_sweep_programs();	/* names programs missed before */
		ret = 0;
	} else {
		ret = install_policy(policy, rivet_policy_publish);
	}
	if (!ret)
		obey_boot_setting();
	sweep = rivet_enforce_take_sweep();
	mutex_unlock(&rivet_settings_lock);
	if (sweep)
		rivet_running_enforced();
	return ret;
}

/**
 * rivet_control_seal() - seal the trust keyrings
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0 or an errno of rivet_trust_seal().
 */
int rivet_control_seal(void)
{
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = rivet_trust_seal();
	mutex_unlock(&rivet_settings_lock);
	return ret;
}

static void print_precondition(bool ok, const char *line, void *arg)
{
	seq_printf(arg, "%s %s\n", ok ? "ok" : "missing", line);
}

/**
 * rivet_control_show_preconditions() - print the preconditions of enforcement
 * @m: output; one line for each: ok or missing, name, explanation
 *
 * Context: process context; may sleep and read files.
 * Return: 0.
 */
int rivet_control_show_preconditions(struct seq_file *m)
{
	rivet_ready_check(true, print_precondition, m);
	return 0;
}

/**
 * rivet_control_init() - prepare for the first token, and begin to watch what runs
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_control_init(void)
{
	rivet_token_init();
	return rivet_running_init();
}

/**
 * rivet_control_exit() - stop the timers, and the sweep that may go on
 *
 * Context: may sleep; the mode is audit, since the module is being unloaded.
 */
void rivet_control_exit(void)
{
	rivet_schedule_exit();
	rivet_running_close();
	rivet_enforce_exit();
	rivet_running_exit();
}
