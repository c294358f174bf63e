/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - recorded verdicts, decided again by another policy
 */
#ifndef RIVETCTL_SIMULATE_H
#define RIVETCTL_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/event/decode.h"
#include "policy/rules.h"

#define SIMULATE_GROUPS_MAX	4096	/* kinds of differences that are told apart */

/** enum simulated - what a policy says about a recorded verdict */
enum simulated {
	SIMULATED_DECIDED,
	SIMULATED_NOT_ASKED,	/* no rule is about the reading of the file: it is permitted */
	SIMULATED_UNKNOWN,	/* the kernel would measure what it did not measure then */
};

/**
 * struct simulated_group - verdicts of one kind that would differ
 * @program: RIV path of the acting program; without one, the name that the process gives
 *	itself; length 0 if there is neither
 * @verified: @program is a RIV path
 * @op: enum rivet_op
 * @reason: enum rivet_reason, as recorded
 * @from: recorded enum rivet_action
 * @to: enum rivet_action of the policy
 * @line: line of the policy that decides; 0 if none does
 * @path: path of the first of them; length 0 if it has none
 * @events: number of events
 * @times: number of verdicts, as an event may stand for several
 */
struct simulated_group {
	struct rivet_slice program;
	bool verified;
	uint8_t op;
	uint8_t reason;
	uint8_t from;
	uint8_t to;
	uint32_t line;
	struct rivet_slice path;
	uint64_t events;
	uint64_t times;
};

/**
 * struct simulation - recorded verdicts and a policy
 * @rules: the policy, held by the caller
 * @verdicts: events that are verdicts
 * @same: those that the policy decides as recorded
 * @unknown: those that the recorded values do not decide
 * @refused: those that were permitted or reported, and would be refused
 * @permitted: those that were refused, or would have been in enforce mode, and are not by
 *	the policy
 * @ungrouped: those that differ, and for which there was no group any more
 * @groups: the kinds of differences, in the order in which they were found
 * @count: number of @groups
 */
struct simulation {
	const struct rivet_rules *rules;
	uint64_t verdicts;
	uint64_t same;
	uint64_t unknown;
	uint64_t refused;
	uint64_t permitted;
	uint64_t ungrouped;
	struct simulated_group *groups;
	size_t count;
};

enum simulated simulate_event(const struct rivet_rules *rules, const struct event *event,
			      struct rivet_decision *out);
int simulate_add(struct simulation *sim, const struct event *event);
void simulate_free(struct simulation *sim);

#endif /* RIVETCTL_SIMULATE_H */
