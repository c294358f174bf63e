// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/failed: count failures by rules with respond=
 *
 * A decision only counts, and wakes a worker, which responds.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "respond/cause.h"
#include "respond/count.h"
#include "respond/failed.h"
#include "respond/isolate.h"
#include "respond/notify.h"
#include "respond/reboot.h"
#include "text/version3.h"

/* Protects the variables below. A leaf lock. */
static DEFINE_SPINLOCK(respond_lock);
static struct rivet_respond_count counts[RIVET_RESPONDS_MAX];
static bool told[RIVET_RESPONDS_MAX];	/* rehearsed, since the policy is active */
static u64 generation;			/* of the policy that both are about */
static struct rivet_response_cause next[RIVET_RESPONDS_MAX];	/* for the worker */
static u32 due;				/* a bit for each of @next that the worker has yet to see */
static_assert(RIVET_RESPONDS_MAX <= 32, "each rule has a bit");

static void respond(struct work_struct *work);
static DECLARE_WORK(respond_work, respond);

static const char * const would_names[__RIVET_RESPONSE_MAX] = {
	[RIVET_RESPONSE_ISOLATE] = "isolate",
	[RIVET_RESPONSE_REBOOT] = "reboot",
	[RIVET_RESPONSE_PANIC] = "panic and so reboot",
};

static void tell_would(const struct rivet_response_cause *cause)
{
	char version[RIVET_VERSION3_MAX];

	rivet_version3_text(cause->version, version);
	rivet_event_change(RIVET_EVENT_ISOLATE, 0,
			   "audit: line %u of policy %s %s would %s the machine, after %u in %u s",
			   cause->line, cause->policy, version, would_names[cause->response],
			   cause->after, cause->within);
}

static bool take_next(struct rivet_response_cause *cause)
{
	unsigned int slot;
	bool any;

	spin_lock(&respond_lock);
	any = due;
	if (any) {
		slot = __ffs(due);
		due &= ~BIT(slot);
		*cause = next[slot];
	}
	spin_unlock(&respond_lock);
	return any;
}

/* Each rule has its own cause, so that one response does not take the place of another. */
static void respond(struct work_struct *work)
{
	struct rivet_response_cause cause;

	while (take_next(&cause)) {
		if (cause.mode != RIVET_MODE_ENFORCE)
			tell_would(&cause);
		else if (cause.response == RIVET_RESPONSE_ISOLATE)
			rivet_isolate_begin(&cause);
		else
			rivet_reboot_begin(&cause);
	}
}

static bool is_enough(const struct rivet_policy *policy, const struct rivet_rule *rule,
		      enum rivet_mode mode)
{
	u64 now = ktime_get_boottime_seconds();
	bool enough;

	lockdep_assert_held(&respond_lock);
	if (generation != policy->generation) {
		memset(counts, 0, sizeof(counts));
		memset(told, 0, sizeof(told));
		generation = policy->generation;
	}
	enough = rivet_respond_count_one(&counts[rule->slot], now, rule->after, rule->within);
	if (!enough || mode == RIVET_MODE_ENFORCE)
		return enough;
	enough = !told[rule->slot];
	told[rule->slot] = true;
	return enough;
}

/**
 * rivet_respond_failed() - count a failure by a rule with respond=
 * @policy: the policy that decided
 * @rule: its rule
 * @mode: mode at the decision; in audit mode an event tells of it, once a rule
 *
 * Does not wait for the response.
 *
 * Context: any but interrupts.
 */
void rivet_respond_failed(const struct rivet_policy *policy, const struct rivet_rule *rule,
			  enum rivet_mode mode)
{
	const struct rivet_rules *rules = &policy->rules;
	bool enough;

	spin_lock(&respond_lock);
	enough = is_enough(policy, rule, mode);
	if (enough) {
		due |= BIT(rule->slot);
		next[rule->slot] = (struct rivet_response_cause){
			.version = rules->version,
			.line = rule->line,
			.response = rule->response,
			.max = rule->max,
			.after = rule->after,
			.within = rule->within,
			.mode = mode,
		};
		memcpy(next[rule->slot].policy, rules->name.ptr,
		       min_t(size_t, rules->name.len, RIVET_NAME_MAX));
	}
	spin_unlock(&respond_lock);
	if (enough)
		queue_work(system_unbound_wq, &respond_work);
}

/**
 * rivet_respond_init() - make ready to respond
 *
 * Context: may sleep; module init.
 * Return: 0 or an errno of rivet_isolate_init().
 */
int __init rivet_respond_init(void)
{
	return rivet_isolate_init();
}

/**
 * rivet_respond_exit() - end all that responds
 *
 * The mode is audit, and nothing is decided any more. The worker may have to tell of a rehearsal.
 *
 * Context: may sleep.
 */
void rivet_respond_exit(void)
{
	cancel_work_sync(&respond_work);
	rivet_reboot_exit();
	rivet_notify_exit();
	rivet_isolate_exit();
}
