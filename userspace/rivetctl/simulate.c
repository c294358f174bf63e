// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - recorded verdicts, decided again by another policy
 *
 * The same function decides as in the kernel. Its inputs are those that the event shows; the
 * reason, which depends on the RIVs and not on the policy, is taken as recorded.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "simulate.h"
#include "text/names.h"

static bool is_reading(const struct event *event)
{
	return event->op == RIVET_OP_READ || event->op == RIVET_OP_SCRIPT;
}

/* As in the kernel: a name that init does not have fits no path=. */
static struct rivet_slice path_of(const struct event *event)
{
	bool named = event->reason == RIVET_REASON_MATCH || event->reason == RIVET_REASON_EXPIRED;

	if (!event->path_flags)
		return event->path;
	return named && !is_reading(event) ? event->expected_path : (struct rivet_slice){ 0 };
}

static void fill_query(const struct event *event, struct rivet_rules_query *query)
{
	*query = (struct rivet_rules_query){
		.op = event->op,
		.reason = event->reason,
		.uid = event->uid,
		.fsmagic = event->fsmagic,
		.path = path_of(event),
		.exe = event->exe,
		.path_unknown = is_reading(event) && event->path_flags,
	};
	if (event->reason == RIVET_REASON_MATCH)
		query->set = event->set;
}

/**
 * simulate_event() - decide on a recorded verdict by another policy
 * @rules: the policy, compiled
 * @event: an event with kind RIVET_EVENT_VERDICT
 * @out: the decision, unless it is unknown
 *
 * Return: whether the recorded values decide.
 */
enum simulated simulate_event(const struct rivet_rules *rules, const struct event *event,
			      struct rivet_decision *out)
{
	struct rivet_rules_query query;

	fill_query(event, &query);
	*out = (struct rivet_decision){ .action = RIVET_ACTION_ALLOW };
	if (event->reason == RIVET_REASON_UNVERIFIABLE && event_has(event, RIVET_A_EVENT_FSMAGIC) &&
	    rivet_rules_names_fsmagic(rules, event->fsmagic))
		return SIMULATED_UNKNOWN;
	if (is_reading(event) && !query.path_unknown &&
	    !rivet_rules_choose(rules, query.op, query.path, query.exe, false))
		return SIMULATED_NOT_ASKED;
	*out = rivet_rules_decide(rules, &query);
	return SIMULATED_DECIDED;
}

static bool is_group(const struct simulated_group *a, const struct simulated_group *b)
{
	return a->op == b->op && a->reason == b->reason && a->from == b->from && a->to == b->to &&
	       a->line == b->line && a->verified == b->verified &&
	       rivet_slice_same(a->program, b->program);
}

static struct simulated_group *find_group(struct simulation *sim, const struct simulated_group *key)
{
	size_t i;

	for (i = 0; i < sim->count; i++) {
		if (is_group(&sim->groups[i], key))
			return &sim->groups[i];
	}
	return NULL;
}

/* The slices of a group are copies of its own. Returns 0 or -ENOMEM. */
static int copy_slice(struct rivet_slice *slice)
{
	if (!slice->len)
		return 0;
	slice->ptr = text_dup(*slice);
	return slice->ptr ? 0 : -ENOMEM;
}

static int make_group(struct simulation *sim, struct simulated_group group)
{
	struct simulated_group *groups;

	groups = realloc(sim->groups, (sim->count + 1) * sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	sim->groups = groups;
	if (copy_slice(&group.program))
		return -ENOMEM;
	if (copy_slice(&group.path)) {
		if (group.program.len)
			free((void *)group.program.ptr);
		return -ENOMEM;
	}
	groups[sim->count++] = group;
	return 0;
}

static int add_difference(struct simulation *sim, const struct event *event,
			  const struct rivet_decision *d)
{
	const struct simulated_group key = {
		.program = event->exe.len ? event->exe : event->exe_file,
		.verified = event->exe.len,
		.op = event->op,
		.reason = event->reason,
		.from = event->action,
		.to = d->action,
		.line = d->line,
		.path = event->path,
	};
	struct simulated_group *group = find_group(sim, &key);
	int ret;

	if (!group && sim->count == SIMULATE_GROUPS_MAX) {
		sim->ungrouped++;
		return 0;
	}
	if (!group) {
		ret = make_group(sim, key);
		if (ret)
			return ret;
		group = &sim->groups[sim->count - 1];
	}
	group->events++;
	group->times += event->count;
	return 0;
}

/**
 * simulate_add() - decide on one more event, and count it
 * @sim: the simulation
 * @event: the event; one that is no verdict is passed over
 *
 * Return: 0 or -ENOMEM.
 */
int simulate_add(struct simulation *sim, const struct event *event)
{
	struct rivet_decision d;
	bool did, does;

	if (event->kind != RIVET_EVENT_VERDICT)
		return 0;
	sim->verdicts++;
	if (simulate_event(sim->rules, event, &d) == SIMULATED_UNKNOWN) {
		sim->unknown++;
		return 0;
	}
	if (d.action == event->action) {
		sim->same++;
		return 0;
	}
	did = rivet_action_refuses(event->action);
	does = rivet_action_refuses(d.action);
	sim->refused += does && !did;
	sim->permitted += did && !does;
	return add_difference(sim, event, &d);
}

/**
 * simulate_free() - free the groups
 * @sim: the simulation
 */
void simulate_free(struct simulation *sim)
{
	while (sim->count) {
		struct simulated_group *group = &sim->groups[--sim->count];

		if (group->program.len)
			free((void *)group->program.ptr);
		if (group->path.len)
			free((void *)group->path.ptr);
	}
	free(sim->groups);
	sim->groups = NULL;
}
