// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - policies that are legal, and yet likely a mistake
 */
#include <linux/kernel.h>
#include <string.h>

#include "lib/object/lint.h"
#include "lib/object/lint_rule.h"
#include "lib/object/reach.h"

#define PERMITTED_UNTIL_COPIED \
	"files without a RIV are permitted, but no longer once a copy was used where line %u quarantines it: list them, or have "

/* The first rule by which any user can have the bytes of a file without a RIV quarantined. */
static const struct rivet_rule *quarantines_unlisted(const struct rivet_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		if (rule->action == RIVET_ACTION_QUARANTINE && rule->op != RIVET_OP_ANON_EXEC &&
		    (!rule->reasons || rule->reasons & 1U << RIVET_REASON_UNLISTED))
			return rule;
	}
	return NULL;
}

/* Does a rule before @at permit all that @at does, also if it is quarantined? */
static bool stays_permitted(const struct rivet_rules *rules, size_t at)
{
	struct rivet_rule wanted = rules->rules[at];
	size_t i;

	wanted.reasons = 1U << RIVET_REASON_QUARANTINED;
	for (i = 0; i < at; i++)
		if (rules->rules[i].reasons == wanted.reasons &&
		    !rivet_action_refuses(rules->rules[i].action) &&
		    reach_covers(&rules->rules[i], &wanted))
			return true;
	return false;
}

/* A file that is permitted without a RIV can be copied to where a rule quarantines it. */
static void lint_copies(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_rule *by = quarantines_unlisted(rules);
	size_t i;

	for (i = 0; by && i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		if (!rivet_action_refuses(rule->action) && rule->op != RIVET_OP_ANON_EXEC &&
		    rule->op != RIVET_OP_RUNNING &&
		    (!rule->reasons || rule->reasons & 1U << RIVET_REASON_UNLISTED) &&
		    !stays_permitted(rules, i))
			lint_warn(sink, rule->line,
				  PERMITTED_UNTIL_COPIED
				  "the same rule with riv=quarantined before it",
				  by->line);
	}
}

static void lint_rules(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_rule *cover;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		cover = reach_find_cover(rules, i);
		if (cover)
			lint_warn(sink, rules->rules[i].line,
				  "never reached: line %u decides before it", cover->line);
		lint_rule(&rules->rules[i], sink);
	}
}

/* A DEFAULT for all ops applies to each of them: warn once. */
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
	const struct rivet_rule *by = quarantines_unlisted(rules);
	unsigned int op;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		const struct rivet_decision *is = &rules->defaults[op];

		if (!is->line)
			continue;
		if (is->action == RIVET_ACTION_ALLOW && !seen_before(rules, op))
			lint_warn(sink, is->line,
				  "DEFAULT action=ALLOW: requests that match no rule are allowed and not even reported; AUDIT reports them");
		if (is->action == RIVET_ACTION_QUARANTINE && !seen_before(rules, op))
			lint_warn(sink, is->line,
				  "QUARANTINE acts as DENY in a DEFAULT: only a rule quarantines");
		if (by && op != RIVET_OP_RUNNING && !rivet_action_refuses(is->action) &&
		    reach_default(rules, op) && !seen_before(rules, op))
			lint_warn(sink, is->line, PERMITTED_UNTIL_COPIED "a rule with riv=quarantined",
				  by->line);
		lint_kill(is->line, op, is->action, sink);
	}
}

static void lint_denials(const struct rivet_rules *rules, struct lint_sink *sink)
{
	static const enum rivet_op ops[] = { RIVET_OP_EXECUTE, RIVET_OP_MMAP };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!reach_denial(rules, ops[i]))
			lint_warn(sink, 0, "%s can never be denied: this policy protects nothing there",
				  rivet_name_op(ops[i]));
	}
}

/* The kernel spares a few programs; a policy should name those its machine needs. */
static void lint_expired(const struct rivet_rules *rules, struct lint_sink *sink)
{
	size_t i;

	if (!reach_denial(rules, RIVET_OP_EXECUTE))
		return;
	for (i = 0; i < rules->count; i++)
		if (rules->rules[i].op == RIVET_OP_EXECUTE &&
		    rules->rules[i].reasons == 1U << RIVET_REASON_EXPIRED)
			return;
	lint_warn(sink, 0, "no rule for EXECUTE has riv=expired: when sets expire, or the clock is ahead, only programs that set the clock and load sets still start");
}

static bool denies_anything(const struct rivet_rules *rules)
{
	unsigned int op;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (reach_denial(rules, op))
			return true;
	}
	return false;
}

/**
 * struct gap - two ops, one of which protects little without the other
 * @op: the op that can be denied
 * @needs: the op that is never denied
 * @text: the way that remains open
 */
struct gap {
	enum rivet_op op;
	enum rivet_op needs;
	const char *text;
};

static const struct gap gaps[] = {
	{ RIVET_OP_MMAP, RIVET_OP_MPROTECT,
	  "a mapping for reading can be made executable afterwards" },
	{ RIVET_OP_EXECUTE, RIVET_OP_ANON_EXEC,
	  "code that is in no file still runs, injected or written there by a tracer" },
	{ RIVET_OP_EXECUTE, RIVET_OP_KMODULE,
	  "a kernel module can switch all of this off" },
	{ RIVET_OP_KMODULE, RIVET_OP_KEXEC,
	  "root can start another kernel, without rivet" },
};

static void lint_gaps(const struct rivet_rules *rules, struct lint_sink *sink)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gaps); i++) {
		if (reach_denial(rules, gaps[i].op) && !reach_denial(rules, gaps[i].needs))
			lint_warn(sink, 0, "%s can never be denied: %s",
				  rivet_name_op(gaps[i].needs), gaps[i].text);
	}
}

/* Is the DEFAULT of an op shared with others? A DEFAULT of its own is deliberate. */
static bool default_is_shared(const struct rivet_rules *rules, enum rivet_op op)
{
	unsigned int other;

	for (other = 0; other < __RIVET_OP_MAX; other++) {
		if (other != op && rules->defaults[other].line == rules->defaults[op].line)
			return true;
	}
	return false;
}

/* Ops that a DEFAULT for all ops denies, perhaps unintentionally. */
static void lint_forgotten(const struct rivet_rules *rules, struct lint_sink *sink)
{
	static const struct {
		enum rivet_op op;
		const char *text;
	} ops[] = {
		{ RIVET_OP_ANON_EXEC, "the property jit of a RIV has no effect" },
		{ RIVET_OP_KMODULE, "no kernel module can be loaded any more" },
		{ RIVET_OP_FIRMWARE, "no device gets its firmware any more" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		const struct rivet_decision *is = &rules->defaults[ops[i].op];

		if (rivet_action_refuses(is->action) && default_is_shared(rules, ops[i].op) &&
		    !reach_permission(rules, ops[i].op))
			lint_warn(sink, is->line, "this DEFAULT denies every %s, no rule permits one: %s",
				  rivet_name_op(ops[i].op), ops[i].text);
	}
}

static const struct rivet_rule *first_rule(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (rules->rules[i].op == op)
			return &rules->rules[i];
	}
	return NULL;
}

/* exe= is known only for programs that matched; a copy of the interpreter is another program. */
static void lint_script(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_rule *script = first_rule(rules, RIVET_OP_SCRIPT);
	u32 line;

	if (!script || !reach_unverified(rules, RIVET_OP_EXECUTE, &line))
		return;
	if (line)
		lint_warn(sink, script->line,
			  "exe= is about verified programs only, and line %u lets others run: a copy of the interpreter reads any script",
			  line);
	else
		lint_warn(sink, script->line,
			  "exe= is about verified programs only, and no line is about EXECUTE: a copy of the interpreter reads any script");
}

static void lint_resident(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_policy_settings *settings = &rules->settings;

	if (settings->value[RIVET_SETTING_RESIDENT] == RIVET_RESIDENT_OFF)
		lint_warn(sink, settings->line[RIVET_SETTING_RESIDENT],
			  "SET resident=off: verified pages are read again from a disk that may have changed meanwhile, and run without being measured again");
}

/**
 * struct stacked - a filesystem that shows the files of another
 * @magic: as in fsmagic=
 * @name: name of its type
 */
struct stacked {
	unsigned long magic;
	const char *name;
};

static const struct stacked stacked[] = {
	{ 0xf15f, "ecryptfs" },
	{ 0xf15f083d, "unionfs" },
	{ 0x61756673, "aufs" },
	{ 0x6a656a62, "shiftfs" },
	{ 0x5dca2df5, "sdcardfs" },
	{ 0xb550ca10, "wrapfs" },
};

#define OVERLAYFS_MAGIC 0x794c7630

static const char *stacked_name(unsigned long magic)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stacked); i++) {
		if (stacked[i].magic == magic)
			return stacked[i].name;
	}
	return NULL;
}

static void lint_fsmagic(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_rule *rule;

	for (rule = rules->rules; rule < rules->rules + rules->count; rule++) {
		const char *name = rule->has_fsmagic ? stacked_name(rule->fsmagic) : NULL;

		if (rule->has_fsmagic && rule->fsmagic == OVERLAYFS_MAGIC)
			lint_warn(sink, rule->line,
				  "fsmagic= of overlayfs fits no file: one on it is judged by the filesystem of its layer; name that");
		else if (name && !rivet_action_refuses(rule->action))
			lint_warn(sink, rule->line,
				  "fsmagic= of %s, which shows files of another filesystem: writing to those changes measured files, and no hook sees it",
				  name);
	}
}

static bool is_about_all_files(const struct rivet_rule *rule)
{
	return rivet_slice_equal(rule->path, "/**") && !rule->exe.len && !rule->has_uid;
}

static void lint_read(const struct rivet_rules *rules, struct lint_sink *sink)
{
	size_t i;
	u32 line;

	if (!reach_denial(rules, RIVET_OP_READ) || reach_unverified(rules, RIVET_OP_READ, &line))
		return;
	for (i = 0; i < rules->count; i++) {
		if (rules->rules[i].op != RIVET_OP_READ || !is_about_all_files(&rules->rules[i]))
			continue;
		lint_warn(sink, rules->rules[i].line,
			  "READ of every file is asked about, without exception: logs, state and configuration that no RIV lists cannot be read, and hardly anything works");
		return;
	}
}

/**
 * lint_policy() - report likely mistakes
 * @rules: a parsed policy
 * @sink: gets the warnings
 *
 * A policy that cannot deny anything is meant for observation: its gaps are no
 * mistakes. The caller that shows the result says so; see lint_only_reports().
 */
void lint_policy(const struct rivet_rules *rules, struct lint_sink *sink)
{
	lint_rules(rules, sink);
	lint_copies(rules, sink);
	lint_defaults(rules, sink);
	if (lint_only_reports(rules))
		return;
	lint_denials(rules, sink);
	lint_expired(rules, sink);
	lint_gaps(rules, sink);
	lint_forgotten(rules, sink);
	lint_script(rules, sink);
	lint_read(rules, sink);
	lint_resident(rules, sink);
	lint_fsmagic(rules, sink);
}

/**
 * lint_only_reports() - does a policy permit everything?
 * @rules: a parsed policy
 *
 * Return: true if no request can be denied by it.
 */
bool lint_only_reports(const struct rivet_rules *rules)
{
	return !denies_anything(rules);
}
