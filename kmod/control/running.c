// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/running: when the programs that run already are looked at
 *
 * At the switch to enforce, by the task that switches. After a set was replaced or withdrawn,
 * after a revocation, and on request of an operator, by a worker. Causes that come while a
 * sweep goes on become one more sweep after it.
 *
 * Once the brake of a sweep has held, sweeps of themselves kill nothing until an operator
 * asks for one: else the brake would only delay.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "control/running.h"
#include "control/sweep.h"
#include "event/event.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "riv/publish.h"
#include "verify/verify.h"

/** enum cause - the reasons for a sweep; the one with the higher number names it */
enum cause {
	CAUSE_VERIFY,	/* a verification has found files that fail */
	CAUSE_RIV,	/* a set was replaced or withdrawn, or something was revoked */
	CAUSE_MODE,	/* enforcement has begun */
	CAUSE_REQUEST,	/* an operator has asked */
};

static const char * const cause_names[] = {
	[CAUSE_VERIFY] = "verify",
	[CAUSE_RIV] = "riv",
	[CAUSE_MODE] = "mode",
	[CAUSE_REQUEST] = "request",
};

/**
 * enum state - the state of the last sweep
 * @STATE_NONE: there was none since the module was loaded
 * @STATE_RUNNING: it goes on
 * @STATE_DONE: it has ended by itself
 * @STATE_STOPPED: it was cancelled, or its task was killed
 */
enum state {
	STATE_NONE,
	STATE_RUNNING,
	STATE_DONE,
	STATE_STOPPED,
};

static const char * const state_names[] = {
	[STATE_NONE] = "none",
	[STATE_RUNNING] = "running",
	[STATE_DONE] = "done",
	[STATE_STOPPED] = "stopped",
};

/**
 * struct last_sweep - the last sweep, for readers
 * @state: its state
 * @cause: its cause, one of @causes
 * @causes: BIT(enum cause) of all its causes
 * @mode: mode when it began
 * @started: seconds since 1970
 * @ended: seconds since 1970; 0 while it goes on
 * @counts: its results so far
 */
struct last_sweep {
	enum state state;
	enum cause cause;
	unsigned long causes;
	enum rivet_mode mode;
	s64 started;
	s64 ended;
	struct rivet_sweep_counts counts;
};

/* Protects a sweep from a second one at the same time. Held while files are read. */
static DEFINE_MUTEX(sweep_lock);
/* Protects the variables below. A leaf lock. */
static DEFINE_SPINLOCK(running_lock);
static struct last_sweep last;
static unsigned long wanted;	/* BIT(enum cause) of the sweeps that the worker has to make */
static bool brake_held;		/* and no operator has asked for a sweep since */

static bool cancelled;		/* the sweep is to end; written under running_lock */
static bool closing;		/* the module is being unloaded */
static struct workqueue_struct *queue;

static void sweep_wanted(struct work_struct *work);
static DECLARE_WORK(sweep_work, sweep_wanted);

static bool is_stopped(void)
{
	return READ_ONCE(closing) || READ_ONCE(cancelled) || fatal_signal_pending(current);
}

static void show_progress(const struct rivet_sweep_counts *counts)
{
	spin_lock(&running_lock);
	last.counts = *counts;
	spin_unlock(&running_lock);
}

/* Returns whether the brake of an earlier sweep still holds. */
static bool begin(unsigned long causes)
{
	bool locked;

	spin_lock(&running_lock);
	if (causes & BIT(CAUSE_REQUEST))
		brake_held = false;
	locked = brake_held;
	WRITE_ONCE(cancelled, false);
	last = (struct last_sweep){
		.state = STATE_RUNNING,
		.cause = __fls(causes),
		.causes = causes,
		.mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT,
		.started = ktime_get_real_seconds(),
	};
	spin_unlock(&running_lock);
	return locked;
}

static void end(void)
{
	spin_lock(&running_lock);
	last.state = is_stopped() ? STATE_STOPPED : STATE_DONE;
	last.ended = ktime_get_real_seconds();
	if (last.counts.root_held && last.mode == RIVET_MODE_ENFORCE)
		brake_held = true;
	spin_unlock(&running_lock);
}

static void sweep(unsigned long causes)
{
	bool locked;

	lockdep_assert_held(&sweep_lock);
	locked = begin(causes);
	rivet_sweep_run(locked, is_stopped, show_progress);
	end();
}

/* In audit mode, a policy without rules for RUNNING has nothing to rehearse. */
static bool is_of_use(unsigned long causes)
{
	return causes & BIT(CAUSE_REQUEST) || rivet_mode_is_enforce() ||
	       rivet_policy_has_running();
}

static void sweep_wanted(struct work_struct *work)
{
	unsigned long causes;

	mutex_lock(&sweep_lock);
	spin_lock(&running_lock);
	causes = wanted;
	wanted = 0;
	spin_unlock(&running_lock);
	if (causes && !READ_ONCE(closing) && is_of_use(causes))
		sweep(causes);
	mutex_unlock(&sweep_lock);
}

static void want(enum cause cause)
{
	spin_lock(&running_lock);
	wanted |= BIT(cause);
	spin_unlock(&running_lock);
	if (!READ_ONCE(closing))
		queue_work(queue, &sweep_work);
}

static void on_lost_rivs(void)
{
	want(CAUSE_RIV);
}

static void on_failed_files(void)
{
	want(CAUSE_VERIFY);
}

/**
 * rivet_running_enforced() - look at all programs that run, since enforcement has begun
 *
 * Context: may sleep and read files; no lock is held. After a fatal signal the worker looks at
 * them instead, so the end of the task that began enforcement does not end this.
 */
void rivet_running_enforced(void)
{
	if (!mutex_lock_killable(&sweep_lock)) {
		sweep(BIT(CAUSE_MODE));
		mutex_unlock(&sweep_lock);
	}
	if (fatal_signal_pending(current))
		want(CAUSE_MODE);
}

/* While enforcing, root may end only what an operator has begun, and nothing else asks for. */
static int cancel(void)
{
	int ret = 0;

	spin_lock(&running_lock);
	if (last.state == STATE_RUNNING && last.causes != BIT(CAUSE_REQUEST) &&
	    rivet_mode_is_enforce())
		ret = -EPERM;
	else
		wanted &= ~BIT(CAUSE_REQUEST);
	if (!ret && last.state == STATE_RUNNING)
		WRITE_ONCE(cancelled, true);
	spin_unlock(&running_lock);
	if (ret)
		rivet_event_change(RIVET_EVENT_RUNNING, ret, "already running: a sweep that enforcement began is not cancelled");
	return ret;
}

static bool is_word(const char *data, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(data, word, len);
}

/**
 * rivet_running_write() - start or cancel a sweep
 * @data: start or cancel; without a newline
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep. Does not wait.
 * Return: 0; -EPERM if the sweep may not be cancelled, and this was reported; -EINVAL.
 */
int rivet_running_write(const char *data, size_t len)
{
	if (is_word(data, len, "cancel"))
		return cancel();
	if (!is_word(data, len, "start")) {
		pr_warn("running: expected start or cancel\n");
		return -EINVAL;
	}
	want(CAUSE_REQUEST);
	return 0;
}

static void show_counts(struct seq_file *m, const struct rivet_sweep_counts *counts)
{
	seq_printf(m, "passes: %u\n", counts->passes);
	seq_printf(m, "processes: %u\n", counts->processes);
	seq_printf(m, "files: %u\n", counts->files);
	seq_printf(m, "killed: %u\n", counts->killed);
	seq_printf(m, "would-kill: %u\n", counts->would_kill);
	seq_printf(m, "programs: %u\n", counts->programs);
	seq_printf(m, "held: %u\n", counts->held);
	seq_printf(m, "spared: %u\n", counts->spared);
	seq_printf(m, "quarantined: %u\n", counts->quarantined);
	seq_printf(m, "unnamed: %u\n", counts->unnamed);
	seq_printf(m, "missed: %u\n", counts->missed);
	seq_printf(m, "pending: %u\n", counts->pending);
	seq_printf(m, "incomplete: %s\n", counts->incomplete ? "yes" : "no");
}

/**
 * rivet_running_show() - print the last sweep
 * @m: output; a name and a value in each line
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_running_show(struct seq_file *m)
{
	struct last_sweep shown;
	bool more, held;

	spin_lock(&running_lock);
	shown = last;
	more = wanted;
	held = brake_held;
	spin_unlock(&running_lock);
	seq_printf(m, "state: %s\n", state_names[shown.state]);
	seq_printf(m, "waiting: %s\n", more ? "yes" : "no");
	seq_printf(m, "brake: %s\n", held ? "holds" : "open");
	if (shown.state == STATE_NONE)
		return 0;
	seq_printf(m, "cause: %s\n", cause_names[shown.cause]);
	seq_printf(m, "mode: %s\n", rivet_name_mode(shown.mode));
	seq_printf(m, "started: %lld\n", shown.started);
	seq_printf(m, "ended: %lld\n", shown.ended);
	show_counts(m, &shown.counts);
	return 0;
}

/**
 * rivet_running_init() - make the worker, and listen for RIVs that are lost
 *
 * Context: may sleep; module init.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_running_init(void)
{
	queue = alloc_workqueue("rivet_running", WQ_UNBOUND, 1);
	if (!queue)
		return -ENOMEM;
	rivet_riv_listen(on_lost_rivs);
	rivet_verify_listen(on_failed_files);
	return 0;
}

/**
 * rivet_running_close() - end the sweep, if one goes on, and begin none any more
 *
 * Context: may sleep; nobody writes to the file running any more.
 */
void rivet_running_close(void)
{
	WRITE_ONCE(closing, true);
	rivet_riv_listen(NULL);
	rivet_verify_listen(NULL);
}

/**
 * rivet_running_exit() - end the worker
 *
 * Waits for the file that is being read.
 *
 * Context: may sleep; after rivet_running_close(), when nobody begins enforcement any more.
 */
void rivet_running_exit(void)
{
	cancel_work_sync(&sweep_work);
	destroy_workqueue(queue);
}
