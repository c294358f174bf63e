// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - what is legal in a policy, and yet likely a mistake
 */
#include <linux/kernel.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lint.h"

#define TEXT_MAX 256

static void warn(struct lint_sink *sink, u32 line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void warn(struct lint_sink *sink, u32 line, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	sink->warn(sink, line, text);
}

static bool denies(u8 action)
{
	return action != RIVET_ACTION_ALLOW && action != RIVET_ACTION_AUDIT;
}

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

/* Does every request that @narrow matches also match @wide? */
static bool rule_covers(const struct rivet_rule *wide, const struct rivet_rule *narrow)
{
	return wide->op == narrow->op && reasons_cover(wide->reasons, narrow->reasons) &&
	       (!wide->has_uid || (narrow->has_uid && wide->uid == narrow->uid)) &&
	       (!wide->has_fsmagic ||
		(narrow->has_fsmagic && wide->fsmagic == narrow->fsmagic)) &&
	       word_covers(wide->set, narrow->set) && word_covers(wide->exe, narrow->exe) &&
	       path_covers(wide->path, narrow->path);
}

/* The earlier rule that leaves nothing for rule @at, NULL if there is none. */
static const struct rivet_rule *find_cover(const struct rivet_rules *rules, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (rule_covers(&rules->rules[i], &rules->rules[at]))
			return &rules->rules[i];
	}
	return NULL;
}

/* A rule without conditions leaves nothing for the DEFAULT. */
static bool default_is_reachable(const struct rivet_rules *rules, enum rivet_op op)
{
	struct rivet_rule any = { .op = op };
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (rule_covers(&rules->rules[i], &any))
			return false;
	}
	return true;
}

static bool can_deny(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (rules->rules[i].op == op && denies(rules->rules[i].action) &&
		    !find_cover(rules, i))
			return true;
	}
	return denies(rules->defaults[op].action) && default_is_reachable(rules, op);
}

static void lint_allow(const struct rivet_rule *rule, struct lint_sink *sink)
{
	const char *by = rule->path.len	     ? " by path" :
			 rule->exe.len	     ? " by acting program" :
			 rule->has_uid	     ? " by user" :
			 rule->has_fsmagic   ? " by filesystem" :
			 rule->set.len	     ? " by set" : "";

	if (rule->action != RIVET_ACTION_ALLOW || rule->reasons == 1U << RIVET_REASON_MATCH)
		return;
	if (!rule->reasons && !*by)
		warn(sink, rule->line, "%s is allowed for everything, whatever is in it",
		     rivet_name_op(rule->op));
	else
		warn(sink, rule->line,
		     "%s is allowed%s without riv=MATCH: files that no RIV vouches for run",
		     rivet_name_op(rule->op), by);
}

static void lint_kill(u32 line, u8 op, u8 action, struct lint_sink *sink)
{
	if (op == RIVET_OP_MMAP && action == RIVET_ACTION_KILL)
		warn(sink, line,
		     "KILL on MMAP: one damaged library kills every program that loads it; DENY keeps it out as well");
}

static void lint_rules(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_rule *cover;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		cover = find_cover(rules, i);
		if (cover)
			warn(sink, rules->rules[i].line,
			     "never reached: line %u decides before it", cover->line);
		lint_allow(&rules->rules[i], sink);
		lint_kill(rules->rules[i].line, rules->rules[i].op, rules->rules[i].action, sink);
	}
}

/* A DEFAULT for all ops stands at each of them: say it once. */
static bool seen_before(const struct rivet_rules *rules, enum rivet_op op)
{
	unsigned int i;

	for (i = 0; i < op; i++) {
		if (rules->defaults[i].line == rules->defaults[op].line)
			return true;
	}
	return false;
}

static void lint_defaults(const struct rivet_rules *rules, struct lint_sink *sink)
{
	unsigned int op;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		const struct rivet_decision *is = &rules->defaults[op];

		if (!is->line)
			continue;
		if (is->action == RIVET_ACTION_ALLOW && !seen_before(rules, op))
			warn(sink, is->line,
			     "DEFAULT action=ALLOW: what no rule names is allowed and not even reported; AUDIT reports it");
		lint_kill(is->line, op, is->action, sink);
	}
}

static void lint_denials(const struct rivet_rules *rules, struct lint_sink *sink)
{
	static const enum rivet_op ops[] = { RIVET_OP_EXECUTE, RIVET_OP_MMAP };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!can_deny(rules, ops[i]))
			warn(sink, 0, "%s can never be denied: this policy protects nothing there",
			     rivet_name_op(ops[i]));
	}
}

/**
 * lint_policy() - report what is likely a mistake
 * @rules: a parsed policy
 * @sink: gets the warnings
 */
void lint_policy(const struct rivet_rules *rules, struct lint_sink *sink)
{
	lint_rules(rules, sink);
	lint_defaults(rules, sink);
	lint_denials(rules, sink);
}
