// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/reboot: a rule reboots the machine
 *
 * A file that fails does so after a reboot as well, so reboots are counted beyond a boot: by the
 * agent, which tells the number of the last day when it starts. Without that number, and once it
 * is the rule's max=, the machine is isolated instead. Before a reboot the agent has to record
 * it, and says so; in vain waited for, the machine is isolated, too.
 *
 * Nothing of this happens in the first ten minutes: a failure there waits. So an operator has
 * time to unlock the machine, which calls it off.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/reboot.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "mode/mode.h"
#include "respond/boots.h"
#include "respond/isolate.h"
#include "respond/reboot.h"
#include "text/parse.h"

#define RECORD_SECONDS		10	/* in which the agent records it */
#define DEADLINE_SECONDS	60	/* in which user space comes to its end */
#define COUNT_MAX		100000

/** enum stage - how far a reboot is */
enum stage {
	STAGE_NONE,
	STAGE_WAITING,	/* until the machine has been up for ten minutes */
	STAGE_ASKED,	/* for the agent to record it */
	STAGE_RECORDED,
	STAGE_GOING,	/* user space ends */
	__STAGE_MAX,
};

static const char * const stage_names[__STAGE_MAX] = {
	[STAGE_NONE] = "none",
	[STAGE_WAITING] = "waiting",
	[STAGE_ASKED] = "asked",
	[STAGE_RECORDED] = "recorded",
	[STAGE_GOING] = "going",
};

/* Protects the variables below. A leaf lock. */
static DEFINE_SPINLOCK(reboot_lock);
static enum stage stage;
static struct rivet_response_cause why;	/* valid while there is a stage */
static bool is_told;		/* the agent has told @count */
static u32 count;		/* reboots of the last day */

static void go_on(struct work_struct *work);
static DECLARE_DELAYED_WORK(reboot_work, go_on);

/* Returns false if the stage is not @from any more: it was called off, or has gone on. */
static bool set_stage(enum stage from, enum stage now, unsigned int seconds)
{
	bool is_from;

	spin_lock(&reboot_lock);
	is_from = stage == from;
	if (is_from)
		stage = now;
	spin_unlock(&reboot_lock);
	if (is_from && now != STAGE_NONE)
		queue_delayed_work(system_unbound_wq, &reboot_work, seconds * HZ);
	return is_from;
}

/**
 * rivet_reboot_comes_back() - check whether the machine is started again after a panic
 *
 * Context: any.
 * Return: true if the kernel's panic= says so.
 */
bool rivet_reboot_comes_back(void)
{
	return READ_ONCE(panic_timeout);
}

static void isolate_instead(const struct rivet_response_cause *cause, enum stage from,
			    const char *reason)
{
	if (!set_stage(from, STAGE_NONE, 0))
		return;
	rivet_event_change(RIVET_EVENT_ISOLATE, 0,
			   "ALARM: line %u of policy %s asks for a reboot: isolated instead, since %s",
			   cause->line, cause->policy, reason);
	rivet_isolate_begin(cause);
}

static void ask(const struct rivet_response_cause *cause)
{
	if (!set_stage(STAGE_WAITING, STAGE_ASKED, RECORD_SECONDS))
		return;
	rivet_event_change(RIVET_EVENT_ISOLATE, 0,
			   "ALARM: the machine reboots, by line %u of policy %s, after %u in %u s",
			   cause->line, cause->policy, cause->after, cause->within);
}

static void decide(const struct rivet_response_cause *cause, bool told, u32 before)
{
	const u64 uptime = ktime_get_boottime_seconds();

	switch (rivet_reboot_may(uptime, told, before, cause->max)) {
	case RIVET_REBOOT_WAIT:
		set_stage(STAGE_WAITING, STAGE_WAITING, RIVET_REBOOT_UPTIME - uptime);
		break;
	case RIVET_REBOOT_UNKNOWN:
		isolate_instead(cause, STAGE_WAITING, "no agent has told the number of reboots");
		break;
	case RIVET_REBOOT_OFTEN:
		isolate_instead(cause, STAGE_WAITING, "there were max= reboots in the last day");
		break;
	case RIVET_REBOOT_MAY:
		ask(cause);
		break;
	}
}

static void act(const struct rivet_response_cause *cause)
{
	if (!set_stage(STAGE_RECORDED, STAGE_GOING, DEADLINE_SECONDS))
		return;
	if (cause->response == RIVET_RESPONSE_REBOOT)
		orderly_reboot();
	else if (rivet_reboot_comes_back())
		panic("rivet: line %u of policy %s has respond=PANIC", cause->line, cause->policy);
	else
		isolate_instead(cause, STAGE_GOING, "the kernel has no panic= any more");
}

/**
 * rivet_reboot_call_off() - call off a reboot that is to come
 *
 * Enforce mode has ended. User space that ends already is left alone.
 *
 * Context: may sleep.
 */
void rivet_reboot_call_off(void)
{
	bool is_to_come;

	spin_lock(&reboot_lock);
	is_to_come = stage != STAGE_NONE && stage != STAGE_GOING;
	if (is_to_come)
		stage = STAGE_NONE;
	spin_unlock(&reboot_lock);
	if (is_to_come)
		rivet_event_change(RIVET_EVENT_ISOLATE, 0,
				   "no reboot: enforce mode has ended");
}

static void go_on(struct work_struct *work)
{
	struct rivet_response_cause cause;
	enum stage now;
	u32 before;
	bool told;

	spin_lock(&reboot_lock);
	now = stage;
	cause = why;
	told = is_told;
	before = count;
	spin_unlock(&reboot_lock);
	if (!rivet_mode_is_enforce() && now != STAGE_GOING)
		rivet_reboot_call_off();
	else if (now == STAGE_WAITING)
		decide(&cause, told, before);
	else if (now == STAGE_ASKED)
		isolate_instead(&cause, STAGE_ASKED, "the agent has not recorded it");
	else if (now == STAGE_RECORDED)
		act(&cause);
	else if (now == STAGE_GOING)
		emergency_restart();
}

/**
 * rivet_reboot_begin() - reboot the machine by a rule, or isolate it
 * @cause: the rule, with REBOOT or PANIC
 *
 * Nothing is begun while a reboot is under way.
 *
 * Context: may sleep.
 */
void rivet_reboot_begin(const struct rivet_response_cause *cause)
{
	const u64 uptime = ktime_get_boottime_seconds();
	bool begins;

	spin_lock(&reboot_lock);
	begins = stage == STAGE_NONE;
	if (begins) {
		stage = STAGE_WAITING;
		why = *cause;
	}
	spin_unlock(&reboot_lock);
	if (!begins)
		return;
	if (uptime < RIVET_REBOOT_UPTIME)
		rivet_event_change(RIVET_EVENT_ISOLATE, 0,
				   "ALARM: the machine reboots in %llu s, by line %u of policy %s; rivetctl unlock calls it off",
				   RIVET_REBOOT_UPTIME - uptime, cause->line, cause->policy);
	mod_delayed_work(system_unbound_wq, &reboot_work, 0);
}

/* Returns true if the agent has recorded the reboot that it was asked for. */
static bool take_count(u32 number, bool records)
{
	bool recorded;

	spin_lock(&reboot_lock);
	recorded = records && stage == STAGE_ASKED && is_told;
	if (recorded)
		stage = STAGE_RECORDED;
	count = number;
	is_told = true;
	spin_unlock(&reboot_lock);
	return recorded;
}

/**
 * rivet_reboot_tell() - take the number of reboots by rules in the last day
 * @data: "count N", or "recorded N" after one more was recorded; with or without a newline
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_NET_ADMIN; may sleep.
 * Return: 0 or -EINVAL.
 */
int rivet_reboot_tell(const char *data, size_t len)
{
	struct rivet_slice text = { .ptr = data, .len = len };
	bool records;
	u64 number;

	if (len && data[len - 1] == '\n')
		text.len--;
	records = rivet_slice_take_prefix(&text, "recorded ");
	if ((!records && !rivet_slice_take_prefix(&text, "count ")) ||
	    rivet_parse_u64(text.ptr, text.len, &number) || number > COUNT_MAX) {
		pr_warn("reboot: expected count or recorded, and a number\n");
		return -EINVAL;
	}
	if (take_count(number, records))
		mod_delayed_work(system_unbound_wq, &reboot_work, 0);
	return 0;
}

/**
 * rivet_reboot_show() - print whether a reboot is under way, and the number of the last day
 * @m: output; a name and a value in each line
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_reboot_show(struct seq_file *m)
{
	enum stage now;
	u32 number;
	bool told;

	spin_lock(&reboot_lock);
	now = stage;
	number = count;
	told = is_told;
	spin_unlock(&reboot_lock);
	seq_printf(m, "state: %s\n", stage_names[now]);
	seq_printf(m, "armed: %s\n", told ? "yes" : "no");
	seq_printf(m, "count: %u\n", number);
	return 0;
}

/**
 * rivet_reboot_exit() - call off a reboot that waits
 *
 * The mode is audit.
 *
 * Context: may sleep.
 */
void rivet_reboot_exit(void)
{
	cancel_delayed_work_sync(&reboot_work);
}
