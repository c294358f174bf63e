// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - policies that are legal, and yet likely a mistake
 */
#include <linux/kernel.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/object/lint.h"
#include "lib/object/reach.h"

#define TEXT_MAX 256

#define PERMITTED_UNTIL_COPIED \
	"files without a RIV are permitted, but no longer once a copy was used where line %u quarantines it: list them, or have "

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

/* Warns about an op that is allowed for files without a RIV. */
static const char *consequence(enum rivet_op op)
{
	switch (op) {
	case RIVET_OP_ANON_EXEC:
		return "code that is in no file runs";
	case RIVET_OP_KMODULE:
		return "the kernel can be changed by code without a RIV";
	case RIVET_OP_FIRMWARE:
		return "firmware that no RIV vouches for is used";
	case RIVET_OP_KEXEC:
		return "kernels that no RIV vouches for are started";
	case RIVET_OP_RUNNING:
		return "what fails and runs already is not even reported";
	case RIVET_OP_SCRIPT:
		return "scripts that no RIV vouches for are read";
	default:
		return "files that no RIV vouches for run";
	}
}

static bool is_about_disks(const struct rivet_rule *rule)
{
	static const char devices[] = "/dev/";

	return rule->op == RIVET_OP_MMAP && rule->reasons == 1U << RIVET_REASON_WRITABLE &&
	       rule->path.len > strlen(devices) &&
	       !memcmp(rule->path.ptr, devices, strlen(devices));
}

/*
 * Only rules make the kernel ask about READ, and an ALLOW there is an exception to a
 * wider rule. For ANON_EXEC, and for tools that change the kernel or disks, a rule that
 * names the program is the intended way.
 */
static bool may_allow_unverified(const struct rivet_rule *rule)
{
	if (rule->op == RIVET_OP_READ)
		return true;
	if (!rule->exe.len)
		return false;
	return rule->op == RIVET_OP_ANON_EXEC || is_about_disks(rule) ||
	       (rule->op == RIVET_OP_KMODULE && rule->reasons == 1U << RIVET_REASON_ANONYMOUS);
}

static const char *condition_of(const struct rivet_rule *rule)
{
	return rule->path.len	 ? " by path" :
	       rule->exe.len	 ? " by acting program" :
	       rule->has_uid	 ? " by user" :
	       rule->has_fsmagic ? " by filesystem" :
	       rule->set.len	 ? " by set" : "";
}

static void lint_allow(const struct rivet_rule *rule, struct lint_sink *sink)
{
	const char *op = rivet_name_op(rule->op), *by = condition_of(rule);

	if (rule->action != RIVET_ACTION_ALLOW || rule->reasons == 1U << RIVET_REASON_MATCH ||
	    may_allow_unverified(rule))
		return;
	if (!rule->reasons && !*by)
		warn(sink, rule->line, "%s is allowed for everything: %s", op,
		     consequence(rule->op));
	else
		warn(sink, rule->line, "%s is allowed%s without riv=MATCH%s: %s", op, by,
		     rule->op == RIVET_OP_ANON_EXEC ? " or exe=" : "", consequence(rule->op));
}

/* What a rule for RUNNING does not do for reasons that happen to good files too. */
static void lint_running(const struct rivet_rule *rule, struct lint_sink *sink)
{
	if (rule->op != RIVET_OP_RUNNING || rule->reasons)
		return;
	if (rule->action == RIVET_ACTION_KILL)
		warn(sink, rule->line,
		     "KILL holds for unlisted, mismatch, revoked and quarantined; for any other reason it acts as AUDIT, unless a rule names that with riv=");
	else if (rule->action == RIVET_ACTION_QUARANTINE)
		warn(sink, rule->line,
		     "QUARANTINE holds for unlisted, mismatch and revoked; for any other reason it acts as AUDIT");
}

static void lint_kill(u32 line, u8 op, u8 action, struct lint_sink *sink)
{
	if (action != RIVET_ACTION_KILL)
		return;
	if (op == RIVET_OP_MMAP)
		warn(sink, line,
		     "KILL on MMAP: one damaged library kills every program that loads it; DENY keeps it out as well");
	else if (op == RIVET_OP_ANON_EXEC)
		warn(sink, line,
		     "KILL on ANON_EXEC: programs that only try, and do without, are killed, and so are tracers; DENY protects as well");
}

/* A reason that also happens to listed files must not quarantine: the kernel denies then. */
static void lint_quarantine(const struct rivet_rule *rule, struct lint_sink *sink)
{
	enum rivet_reason reason;

	if (rule->action != RIVET_ACTION_QUARANTINE)
		return;
	if (rule->op == RIVET_OP_ANON_EXEC) {
		warn(sink, rule->line, "QUARANTINE acts as DENY: ANON_EXEC is about memory, not about a file");
		return;
	}
	for (reason = 0; reason < __RIVET_REASON_MAX; reason++) {
		if (rivet_reason_quarantines(reason) &&
		    (!rule->reasons || rule->reasons & 1U << reason))
			break;
	}
	if (reason == __RIVET_REASON_MAX)
		warn(sink, rule->line,
		     "QUARANTINE acts as %s: this reason happens to good files too; unlisted, mismatch and revoked quarantine",
		     rule->op == RIVET_OP_RUNNING ? "AUDIT" : "DENY");
	else if (!rule->reasons && rule->op != RIVET_OP_RUNNING)
		warn(sink, rule->line,
		     "QUARANTINE holds for unlisted, mismatch and revoked; for any other reason it acts as DENY");
}

static void lint_quarantined(const struct rivet_rule *rule, struct lint_sink *sink)
{
	if (rule->reasons == 1U << RIVET_REASON_QUARANTINED && !rule->exe.len &&
	    rule->op != RIVET_OP_RUNNING &&
	    !rivet_action_refuses(rule->action))
		warn(sink, rule->line,
		     "quarantined files are permitted to every program: name one program with exe=");
}

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
			warn(sink, rule->line,
			     PERMITTED_UNTIL_COPIED "the same rule with riv=quarantined before it",
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
			warn(sink, rules->rules[i].line,
			     "never reached: line %u decides before it", cover->line);
		lint_allow(&rules->rules[i], sink);
		lint_kill(rules->rules[i].line, rules->rules[i].op, rules->rules[i].action, sink);
		lint_quarantine(&rules->rules[i], sink);
		lint_running(&rules->rules[i], sink);
		lint_quarantined(&rules->rules[i], sink);
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
			warn(sink, is->line,
			     "DEFAULT action=ALLOW: requests that match no rule are allowed and not even reported; AUDIT reports them");
		if (is->action == RIVET_ACTION_QUARANTINE && !seen_before(rules, op))
			warn(sink, is->line,
			     "QUARANTINE acts as DENY in a DEFAULT: only a rule quarantines");
		if (by && op != RIVET_OP_RUNNING && !rivet_action_refuses(is->action) &&
		    reach_default(rules, op) && !seen_before(rules, op))
			warn(sink, is->line, PERMITTED_UNTIL_COPIED "a rule with riv=quarantined",
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
			warn(sink, 0, "%s can never be denied: this policy protects nothing there",
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
	warn(sink, 0, "no rule for EXECUTE has riv=expired: when sets expire, or the clock is ahead, only programs that set the clock and load sets still start");
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
			warn(sink, 0, "%s can never be denied: %s", rivet_name_op(gaps[i].needs),
			     gaps[i].text);
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
			warn(sink, is->line, "this DEFAULT denies every %s, no rule permits one: %s",
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
		warn(sink, script->line,
		     "exe= is about verified programs only, and line %u lets others run: a copy of the interpreter reads any script",
		     line);
	else
		warn(sink, script->line,
		     "exe= is about verified programs only, and no line is about EXECUTE: a copy of the interpreter reads any script");
}

static void lint_resident(const struct rivet_rules *rules, struct lint_sink *sink)
{
	const struct rivet_policy_settings *settings = &rules->settings;

	if (settings->value[RIVET_SETTING_RESIDENT] == RIVET_RESIDENT_OFF)
		warn(sink, settings->line[RIVET_SETTING_RESIDENT],
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
			warn(sink, rule->line,
			     "fsmagic= of overlayfs fits no file: one on it is judged by the filesystem of its layer; name that");
		else if (name && !rivet_action_refuses(rule->action))
			warn(sink, rule->line,
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
		warn(sink, rules->rules[i].line,
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
