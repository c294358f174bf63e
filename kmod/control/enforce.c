// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/enforce: the switch between audit and enforce
 *
 * Root alone can raise protection but never lower it. The change from audit to
 * enforce needs the preconditions, or a policy that says boot=enforce; the change back
 * needs a signed token. The only exception is an enforce on trial that is not confirmed
 * in time.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "control/enforce.h"
#include "control/precondition.h"
#include "control/running.h"
#include "control/sweep.h"
#include "event/event.h"
#include "evidence/log.h"
#include "measure/keep.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "policy/active.h"
#include "respond/isolate.h"
#include "respond/reboot.h"

#define RETRY_SECONDS	2	/* between attempts while mode=enforce waits for preconditions */

/* rivet_settings_lock protects the variables below, unless their comments say otherwise. */
static bool on_trial;			/* enforcing, not confirmed yet; also read unlocked */
static unsigned long trial_ends;	/* jiffies; valid while on_trial */
static bool waiting;			/* enforce was requested at insmod */
static char waiting_for[RIVET_READY_LINE_MAX];
/* Protects waiting_for, for readers that must not wait for rivet_settings_lock. A leaf lock. */
static DEFINE_SPINLOCK(waiting_lock);
static bool sweep_due;			/* enforcement has begun, see rivet_enforce_take_sweep() */

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

/**
 * rivet_enforce_settle_pages() - obey resident= of the active policy, or keep no pages
 *
 * Mode and policy together determine the pages that stay in memory. So this follows each
 * change of one of them.
 *
 * Context: may sleep; the caller holds rivet_settings_lock.
 */
void rivet_enforce_settle_pages(void)
{
	struct rivet_policy *policy = rivet_policy_get();

	lockdep_assert_held(&rivet_settings_lock);
	rivet_keep_set(rivet_mode_is_enforce() ?
		       policy->rules.settings.value[RIVET_SETTING_RESIDENT] : RIVET_RESIDENT_OFF);
	rivet_policy_put(policy);
}

/**
 * rivet_enforce_take_sweep() - check whether a sweep is due, because enforcement has begun
 *
 * The caller asks before it unlocks, so that the task that began enforcement sweeps. It calls
 * rivet_running_enforced() without the lock: the sweep may read from a disk that does not
 * respond, and this must not block a new policy.
 *
 * Context: any; the caller holds rivet_settings_lock.
 * Return: true once for each beginning.
 */
bool rivet_enforce_take_sweep(void)
{
	const bool due = sweep_due;

	lockdep_assert_held(&rivet_settings_lock);
	sweep_due = false;
	return due;
}

static void enter_enforce(unsigned int seconds)
{
	lockdep_assert_held(&rivet_settings_lock);
	WRITE_ONCE(waiting, false);
	rivet_sweep_programs();
	if (!rivet_mode_enter_enforce())
		return;
	rivet_log_add("rivet:mode", seconds ? "trial" : "enforce");
	rivet_measure_flush();
	rivet_enforce_settle_pages();
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

/**
 * rivet_enforce_confirm() - end the trial: enforcement stays
 *
 * Context: any, the caller holds rivet_settings_lock.
 * Return: 0, also if there is no trial; -EPERM outside enforce mode.
 */
int rivet_enforce_confirm(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_is_enforce())
		return -EPERM;
	if (!on_trial)
		return 0;
	WRITE_ONCE(on_trial, false);
	cancel_delayed_work(&trial_work);
	rivet_log_add("rivet:mode", "confirm");
	rivet_event_change(RIVET_EVENT_MODE, 0, "enforce confirmed");
	return 0;
}

/**
 * rivet_enforce_start() - enforce, if the preconditions are met
 * @seconds: time in which it must be confirmed; 0 for no trial, which also ends one that goes on
 *
 * Context: may sleep; the caller holds rivet_settings_lock.
 * Return: 0, also if it enforces already; -EPERM, and the reason was reported.
 */
int rivet_enforce_start(unsigned int seconds)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_is_enforce()) {
		if (!rivet_ready_check(false, report_failure, NULL))
			return -EPERM;
		enter_enforce(seconds);
		return 0;
	}
	if (!seconds)
		return rivet_enforce_confirm();
	if (on_trial)
		return 0;
	rivet_event_change(RIVET_EVENT_MODE, -EPERM,
			   "already enforcing and confirmed: a trial would lower protection");
	return -EPERM;
}

static void report_exception(bool ok, const char *line, void *arg)
{
	if (!ok)
		rivet_event_change(RIVET_EVENT_MODE, 0,
				   "ALARM: enforcing at once, although this is missing: %s", line);
}

/**
 * rivet_enforce_at_once() - enforce, whatever the preconditions say
 *
 * A precondition that is missing may be an attempt to keep the machine from enforcing. So it is
 * told, and holds up nothing: enforcement begins before it is looked at.
 *
 * Context: may sleep; the caller holds rivet_settings_lock.
 */
void rivet_enforce_at_once(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	enter_enforce(0);
	rivet_ready_check(false, report_exception, NULL);
}

/**
 * rivet_enforce_leave() - go back to audit
 * @why: the reason, for the event
 *
 * Context: may sleep; the caller holds rivet_settings_lock and has seen enforce mode.
 */
void rivet_enforce_leave(const char *why)
{
	lockdep_assert_held(&rivet_settings_lock);
	WRITE_ONCE(on_trial, false);
	cancel_delayed_work(&trial_work);
	rivet_log_add("rivet:mode", "audit");
	rivet_mode_enter_audit();
	rivet_isolate_end(why);
	rivet_reboot_call_off();
	rivet_enforce_settle_pages();
	rivet_event_change(RIVET_EVENT_MODE, 0, "%s: back to audit", why);
}

static void end_trial(struct work_struct *work)
{
	mutex_lock(&rivet_settings_lock);
	if (on_trial && time_after_eq(jiffies, trial_ends))
		rivet_enforce_leave("enforce was not confirmed in time");
	mutex_unlock(&rivet_settings_lock);
}

/**
 * rivet_enforce_trial_left() - get the time until an unconfirmed enforce lapses
 *
 * Takes no lock that is held while files are read, because netlink calls this with a
 * lock of its own held.
 *
 * Context: any.
 * Return: seconds, at least 1; 0 if there is nothing to confirm.
 */
u32 rivet_enforce_trial_left(void)
{
	unsigned long now = jiffies, ends;

	if (!smp_load_acquire(&on_trial))	/* pairs with enter_enforce() */
		return 0;
	ends = READ_ONCE(trial_ends);
	return time_before(now, ends) ? (ends - now) / HZ + 1 : 1;
}

/**
 * rivet_enforce_is_waiting() - check whether an enforce requested at insmod still waits
 * @what: filled in with the first precondition that is not met
 *
 * Context: any but interrupts; see rivet_enforce_trial_left().
 * Return: true if it waits.
 */
bool rivet_enforce_is_waiting(char what[RIVET_READY_LINE_MAX])
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
	bool sweep;

	mutex_lock(&rivet_settings_lock);
	if (waiting && !rivet_mode_is_enforce())
		try_enforce();
	sweep = rivet_enforce_take_sweep();
	mutex_unlock(&rivet_settings_lock);
	if (sweep)
		rivet_running_enforced();
}

/**
 * rivet_enforce_retry() - retry a waiting enforce after a change of its preconditions
 *
 * Context: may sleep.
 */
void rivet_enforce_retry(void)
{
	mutex_lock(&rivet_settings_lock);
	if (waiting)
		mod_delayed_work(system_wq, &retry_work, 0);
	mutex_unlock(&rivet_settings_lock);
}

/**
 * rivet_enforce_wait() - enforce as soon as the preconditions are met
 *
 * Context: may sleep; loading cannot fail any more.
 */
void __init rivet_enforce_wait(void)
{
	mutex_lock(&rivet_settings_lock);
	WRITE_ONCE(waiting, true);
	schedule_delayed_work(&retry_work, 0);
	mutex_unlock(&rivet_settings_lock);
}

/**
 * rivet_enforce_exit() - stop the timers
 *
 * Context: may sleep; the mode is audit, since the module is being unloaded, and nothing
 * that operators can change is left.
 */
void rivet_enforce_exit(void)
{
	mutex_lock(&rivet_settings_lock);
	WRITE_ONCE(waiting, false);
	mutex_unlock(&rivet_settings_lock);
	cancel_delayed_work_sync(&retry_work);
	cancel_delayed_work_sync(&trial_work);
}
