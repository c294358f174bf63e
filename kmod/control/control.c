// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/control: changes of mode, policy and trust by the operator
 *
 * Root alone can raise protection but never lower it. The change from audit to
 * enforce needs the preconditions, or a policy that says boot=enforce; the change back
 * needs a signed token. The only exception is an enforce on trial that is not confirmed
 * in time.
 */
#include <crypto/algapi.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "control/control.h"
#include "control/precondition.h"
#include "control/running.h"
#include "control/sweep.h"
#include "event/event.h"
#include "hook/table.h"
#include "measure/keep.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "object/unlock.h"
#include "policy/active.h"
#include "process/init_mounts.h"
#include "trust/trust.h"

#define RETRY_SECONDS	2	/* between attempts while mode=enforce waits for preconditions */

/* rivet_settings_lock protects the variables below, unless their comments say otherwise. */
static bool on_trial;			/* enforcing, not confirmed yet; also read unlocked */
static unsigned long trial_ends;	/* jiffies; valid while on_trial */
static bool waiting;			/* enforce was requested at insmod */
static char waiting_for[RIVET_READY_LINE_MAX];
/* Protects waiting_for, for readers that must not wait for rivet_settings_lock. A leaf lock. */
static DEFINE_SPINLOCK(waiting_lock);
static bool unlocked;			/* since the load of the module, by a token */
static bool sweep_due;			/* enforcement has begun, see sweep_if_due() */
static u8 nonce[RIVET_NONCE_SIZE];	/* of this load; renewed by each unlock */

static void end_trial(struct work_struct *work);
static DECLARE_DELAYED_WORK(trial_work, end_trial);
static void retry_enforce(struct work_struct *work);
static DECLARE_DELAYED_WORK(retry_work, retry_enforce);

static void note_first_failure(bool ok, const char *line, void *arg)
{
	char *first = arg;

	if (!ok && !first[0])
		strscpy(first, line, RIVET_READY_LINE_MAX);
}

static void report_failure(bool ok, const char *line, void *arg)
{
	if (!ok)
		rivet_event_change(RIVET_EVENT_MODE, -EPERM, "not enforcing yet: %s", line);
}

/* Mode and policy together determine the pages that stay in memory. */
static void settle_pages(void)
{
	struct rivet_policy *policy = rivet_policy_get();

	lockdep_assert_held(&rivet_settings_lock);
	rivet_keep_set(rivet_mode_is_enforce() ?
		       policy->rules.settings.value[RIVET_SETTING_RESIDENT] : RIVET_RESIDENT_OFF);
	rivet_policy_put(policy);
}

/*
 * If enforcement has begun, a sweep follows. It runs without the settings lock: it may read from
 * a disk that does not respond, and this must not block a new policy.
 */
static void sweep_if_due(void)
{
	lockdep_assert_not_held(&rivet_settings_lock);
	if (xchg(&sweep_due, false))
		rivet_running_enforced();
}

static void enter_enforce(unsigned int seconds)
{
	lockdep_assert_held(&rivet_settings_lock);
	WRITE_ONCE(waiting, false);
	rivet_sweep_programs();
	if (!rivet_mode_enter_enforce())
		return;
	rivet_measure_flush();
	settle_pages();
	WRITE_ONCE(trial_ends, jiffies + seconds * HZ);
	smp_store_release(&on_trial, !!seconds);	/* publishes trial_ends */
	if (seconds) {
		schedule_delayed_work(&trial_work, seconds * HZ);
		rivet_event_change(RIVET_EVENT_MODE, 0,
				   "enforcing; back to audit in %u s unless confirmed: rivetctl mode confirm",
				   seconds);
	} else {
		rivet_event_change(RIVET_EVENT_MODE, 0, "enforcing");
	}
	sweep_due = true;
}

static int start_enforce(unsigned int seconds)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (rivet_mode_is_enforce()) {
		if (seconds && !on_trial) {
			rivet_event_change(RIVET_EVENT_MODE, -EPERM,
					   "already enforcing and confirmed: a trial would lower protection");
			return -EPERM;
		}
		return 0;
	}
	if (!rivet_ready_check(false, report_failure, NULL))
		return -EPERM;
	enter_enforce(seconds);
	return 0;
}

static int confirm(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_is_enforce())
		return -EPERM;
	if (!on_trial)
		return 0;
	WRITE_ONCE(on_trial, false);
	cancel_delayed_work(&trial_work);
	rivet_event_change(RIVET_EVENT_MODE, 0, "enforce confirmed");
	return 0;
}

static void report_exception(bool ok, const char *line, void *arg)
{
	if (!ok)
		rivet_event_change(RIVET_EVENT_MODE, 0,
				   "ALARM: enforcing at once, although this is missing: %s", line);
}

/*
 * A precondition that is missing may be an attempt to keep the machine from enforcing. So it is
 * told, and holds up nothing: enforcement begins before it is looked at.
 */
static void enforce_at_once(void)
{
	enter_enforce(0);
	rivet_ready_check(false, report_exception, NULL);
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
	if (boot != RIVET_BOOT_ENFORCE || unlocked)
		return;
	if (rivet_mode_is_enforce()) {
		confirm();
		return;
	}
	enforce_at_once();
}

static int refuse_audit(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_is_enforce())
		return 0;
	rivet_event_change(RIVET_EVENT_MODE, -EPERM,
			   "enforce is left only by a signed token: rivetctl unlock request");
	return -EPERM;
}

static void end_trial(struct work_struct *work)
{
	mutex_lock(&rivet_settings_lock);
	if (on_trial && time_after_eq(jiffies, trial_ends)) {
		WRITE_ONCE(on_trial, false);
		rivet_mode_enter_audit();
		settle_pages();
		rivet_event_change(RIVET_EVENT_MODE, 0, "enforce was not confirmed in time: back to audit");
	}
	mutex_unlock(&rivet_settings_lock);
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

/* The hooks of the old policy stay attached until the new policy is active. */
static int install_policy(struct rivet_policy *policy,
			  int (*publish)(struct rivet_policy *policy))
{
	struct rivet_policy *now;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	ret = rivet_hook_add(&policy->rules);
	if (!ret)
		ret = publish(policy);
	if (ret)
		rivet_policy_put(policy);
	now = rivet_policy_get();
	WARN_ON_ONCE(rivet_hook_want(&now->rules));
	rivet_policy_put(now);
	if (!static_key_enabled(&rivet_policy_reads))
		rivet_init_mounts_forget();
	if (!ret) {
		settle_pages();
		rivet_sweep_programs();
	}
	return ret;
}

/* For a boot that finds no valid policy on a machine that is to enforce. */
static int fall_back(void)
{
	struct rivet_policy *policy = rivet_policy_get();
	bool loaded = !policy->builtin;
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
	enforce_at_once();
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
		return confirm();
	if (is_word(text, len, "fallback"))
		return fall_back();
	if (is_word(text, len, "enforce"))
		return on_trial ? confirm() : start_enforce(0);
	if (len > strlen(trial) && !memcmp(text, trial, strlen(trial)) &&
	    !parse_seconds(text + strlen(trial), len - strlen(trial), &seconds))
		return start_enforce(seconds);
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
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = set_mode(text, len);
	mutex_unlock(&rivet_settings_lock);
	sweep_if_due();
	return ret;
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
	bool same;
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
	mutex_unlock(&rivet_settings_lock);
	sweep_if_due();
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

static int refuse_unlock(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_MODE, error, "unlock refused: %s", why);
	return error;
}

static int check_token(const void *data, size_t len)
{
	struct rivet_parse_error err = {};
	struct rivet_object object;
	struct rivet_digest signer, text_digest;
	u8 given[RIVET_NONCE_SIZE];
	const char *why;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	ret = rivet_object_split(data, len, &object, &err);
	if (!ret && object.kind != RIVET_OBJECT_UNLOCK)
		ret = -EBADMSG;
	if (ret)
		return refuse_unlock(ret, "this is not a signed unlock token: rivetctl unlock sign");
	ret = rivet_trust_verify(&object, &signer, &text_digest, &why);
	if (ret)
		return refuse_unlock(ret, why);
	ret = rivet_unlock_parse(object.text, object.text_len, given, &err);
	if (ret)
		return refuse_unlock(ret, "malformed: sign the text that 'rivetctl unlock request' prints");
	if (crypto_memneq(given, nonce, sizeof(nonce)))
		return refuse_unlock(-ESTALE, "it was made for another boot, or was used before");
	return 0;
}

static int unlock(const void *data, size_t len)
{
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	ret = check_token(data, len);
	if (ret)
		return ret;
	if (!rivet_mode_is_enforce())
		return refuse_unlock(-EPERM, "the mode is audit already");
	get_random_bytes(nonce, sizeof(nonce));
	unlocked = true;
	WRITE_ONCE(on_trial, false);
	cancel_delayed_work(&trial_work);
	rivet_mode_enter_audit();
	settle_pages();
	rivet_event_change(RIVET_EVENT_MODE, 0, "unlocked by a signed token: back to audit");
	return 0;
}

/**
 * rivet_control_unlock() - leave enforce mode with a signed token
 * @data: the signed object
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -EKEYREJECTED, -ENOKEY, -EBADMSG; -ESTALE for a token of another boot or
 * load, or a used token; -EPERM if not enforcing.
 */
int rivet_control_unlock(const void *data, size_t len)
{
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = unlock(data, len);
	mutex_unlock(&rivet_settings_lock);
	return ret;
}

/**
 * rivet_control_unlock_request() - get the text that becomes a token when it is signed
 * @buf: buffer for the text
 * @size: bytes of @buf; RIVET_UNLOCK_TEXT_MAX is enough
 *
 * Context: may sleep.
 * Return: bytes of the text.
 */
size_t rivet_control_unlock_request(char *buf, size_t size)
{
	size_t len;

	mutex_lock(&rivet_settings_lock);
	len = rivet_unlock_format(nonce, buf, size);
	mutex_unlock(&rivet_settings_lock);
	return len;
}

/**
 * rivet_control_confirm_left() - get the time until an unconfirmed enforce lapses
 *
 * Takes no lock that is held while files are read, because netlink calls this with a
 * lock of its own held.
 *
 * Context: any.
 * Return: seconds, at least 1; 0 if there is nothing to confirm.
 */
u32 rivet_control_confirm_left(void)
{
	unsigned long now = jiffies, ends;

	if (!smp_load_acquire(&on_trial))	/* pairs with enter_enforce() */
		return 0;
	ends = READ_ONCE(trial_ends);
	return time_before(now, ends) ? (ends - now) / HZ + 1 : 1;
}

/**
 * rivet_control_is_waiting() - check whether an enforce requested at insmod still waits
 * @what: filled in with the first precondition that is not met
 *
 * Context: any but interrupts; see rivet_control_confirm_left().
 * Return: true if it waits.
 */
bool rivet_control_is_waiting(char what[RIVET_READY_LINE_MAX])
{
	spin_lock(&waiting_lock);
	memcpy(what, waiting_for, sizeof(waiting_for));
	spin_unlock(&waiting_lock);
	return READ_ONCE(waiting);
}

static void try_enforce(void)
{
	char missing[RIVET_READY_LINE_MAX] = "";
	bool ready;

	lockdep_assert_held(&rivet_settings_lock);
	ready = rivet_ready_check(false, note_first_failure, missing);
	spin_lock(&waiting_lock);
	strscpy(waiting_for, missing, sizeof(waiting_for));
	spin_unlock(&waiting_lock);
	if (ready)
		enter_enforce(0);
	else
		schedule_delayed_work(&retry_work, RETRY_SECONDS * HZ);
}

static void retry_enforce(struct work_struct *work)
{
	mutex_lock(&rivet_settings_lock);
	if (waiting && !rivet_mode_is_enforce())
		try_enforce();
	mutex_unlock(&rivet_settings_lock);
	sweep_if_due();
}

/**
 * rivet_control_retry() - retry a waiting enforce after a change of its preconditions
 *
 * Context: may sleep.
 */
void rivet_control_retry(void)
{
	mutex_lock(&rivet_settings_lock);
	if (waiting)
		mod_delayed_work(system_wq, &retry_work, 0);
	mutex_unlock(&rivet_settings_lock);
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
 * rivet_control_init() - generate the first nonce, and begin to watch what runs
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_control_init(void)
{
	mutex_lock(&rivet_settings_lock);
	get_random_bytes(nonce, sizeof(nonce));
	mutex_unlock(&rivet_settings_lock);
	return rivet_running_init();
}

/**
 * rivet_control_wait() - enforce as soon as the preconditions are met
 *
 * Context: may sleep; loading cannot fail any more.
 */
void __init rivet_control_wait(void)
{
	mutex_lock(&rivet_settings_lock);
	WRITE_ONCE(waiting, true);
	schedule_delayed_work(&retry_work, 0);
	mutex_unlock(&rivet_settings_lock);
}

/**
 * rivet_control_exit() - stop the timers, and the sweep that may go on
 *
 * Context: may sleep; the mode is audit, since the module is being unloaded.
 */
void rivet_control_exit(void)
{
	mutex_lock(&rivet_settings_lock);
	WRITE_ONCE(waiting, false);
	mutex_unlock(&rivet_settings_lock);
	rivet_running_close();
	cancel_delayed_work_sync(&retry_work);
	cancel_delayed_work_sync(&trial_work);
	rivet_running_exit();
}
