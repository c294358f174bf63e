// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - which requests the rules of a policy reach
 */
#include <string.h>

#include "lib/object/reach.h"

static bool is_literal(struct rivet_slice path)
{
	return path.len && !memchr(path.ptr, '*', path.len);
}

static bool path_covers(struct rivet_slice wide, struct rivet_slice narrow)
{
	if (!wide.len || rivet_slice_same(wide, narrow))
		return true;
	return is_literal(narrow) && rivet_glob_match(wide, narrow);
}

static bool word_covers(struct rivet_slice wide, struct rivet_slice narrow)
{
	return !wide.len || rivet_slice_same(wide, narrow);
}

static bool reasons_cover(u32 wide, u32 narrow)
{
	return !wide || (narrow && !(narrow & ~wide));
}

/**
 * reach_covers() - does every request that one rule matches also match another?
 * @wide: the other rule
 * @narrow: the one rule
 *
 * Return: true if so.
 */
bool reach_covers(const struct rivet_rule *wide, const struct rivet_rule *narrow)
{
	return wide->op == narrow->op && reasons_cover(wide->reasons, narrow->reasons) &&
	       (!wide->has_uid || (narrow->has_uid && wide->uid == narrow->uid)) &&
	       (!wide->has_fsmagic ||
		(narrow->has_fsmagic && wide->fsmagic == narrow->fsmagic)) &&
	       word_covers(wide->set, narrow->set) && word_covers(wide->exe, narrow->exe) &&
	       path_covers(wide->path, narrow->path);
}

/**
 * reach_find_cover() - find the earlier rule that matches everything a rule does
 * @rules: a parsed policy
 * @at: number of the rule
 *
 * Return: the earlier rule; NULL if there is none.
 */
const struct rivet_rule *reach_find_cover(const struct rivet_rules *rules, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (reach_covers(&rules->rules[i], &rules->rules[at]))
			return &rules->rules[i];
	}
	return NULL;
}

/**
 * reach_default() - is there a request that no rule matches?
 * @rules: a parsed policy
 * @op: the op of the request
 *
 * Return: false if a rule without conditions leaves no request for the DEFAULT.
 */
bool reach_default(const struct rivet_rules *rules, enum rivet_op op)
{
	struct rivet_rule any = { .op = op };
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (reach_covers(&rules->rules[i], &any))
			return false;
	}
	return true;
}

/**
 * reach_denial() - is there a request that the policy refuses?
 * @rules: a parsed policy
 * @op: the op of the request
 *
 * READ and SCRIPT are asked about only by rules; a DEFAULT alone has no effect.
 *
 * Return: true if so.
 */
bool reach_denial(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	if (!(rules->denies & 1U << op))
		return false;
	for (i = 0; i < rules->count; i++) {
		if (rules->rules[i].op == op && rivet_action_refuses(rules->rules[i].action) &&
		    !reach_find_cover(rules, i))
			return true;
	}
	return rivet_action_refuses(rules->defaults[op].action) && reach_default(rules, op);
}

/**
 * reach_permission() - is there a request that a rule permits?
 * @rules: a parsed policy
 * @op: the op of the request
 *
 * Return: true if so.
 */
bool reach_permission(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (rules->rules[i].op == op && !rivet_action_refuses(rules->rules[i].action) &&
		    !reach_find_cover(rules, i))
			return true;
	}
	return false;
}

/**
 * reach_unverified() - does some rule or DEFAULT permit a file without a RIV?
 * @rules: a parsed policy
 * @op: the op of the request
 * @line: set to its line
 *
 * Return: true if so.
 */
bool reach_unverified(const struct rivet_rules *rules, enum rivet_op op, u32 *line)
{
	const struct rivet_decision *is = &rules->defaults[op];
	size_t i;

	for (i = 0; i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		*line = rule->line;
		if (rule->op == op && !rivet_action_refuses(rule->action) &&
		    rule->reasons != 1U << RIVET_REASON_MATCH && !reach_find_cover(rules, i))
			return true;
	}
	*line = is->line;
	return !rivet_action_refuses(is->action) && reach_default(rules, op);
}
