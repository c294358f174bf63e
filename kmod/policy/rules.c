// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policy/rules: a policy in memory, and the pure decision over it
 */
#include <linux/build_bug.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "policy/rules.h"

static_assert(__RIVET_OP_MAX <= 32 && __RIVET_REASON_MAX <= 32, "they are bits of u32 masks");

/* An action that does not hold for a reason becomes this one. */
static enum rivet_action weaker(enum rivet_op op)
{
	return op == RIVET_OP_RUNNING ? RIVET_ACTION_AUDIT : RIVET_ACTION_DENY;
}

/*
 * The other reasons happen to good bytes as well: a clock that goes wrong, a bad sector. A rule
 * that kills programs for one of them has to name it.
 */
static bool may_kill_running(const struct rivet_rule *rule, enum rivet_reason reason)
{
	return rule->reasons || reason == RIVET_REASON_QUARANTINED ||
	       rivet_reason_quarantines(reason);
}

/* Only a rule that names the reason itself permits what is quarantined. */
static bool fits_quarantined(const struct rivet_rule *rule)
{
	return rivet_action_refuses(rule->action) ||
	       rule->reasons == 1U << RIVET_REASON_QUARANTINED;
}

static bool admits(const struct rivet_rule *rule, enum rivet_op op, enum rivet_reason reason)
{
	return rule->op == op && (!rule->reasons || rule->reasons & 1U << reason) &&
	       (reason != RIVET_REASON_QUARANTINED || fits_quarantined(rule));
}

/* The answer of a rule. QUARANTINE for a reason that happens to listed bytes is weaker. */
static struct rivet_decision answer_of_rule(const struct rivet_rule *rule,
					    enum rivet_reason reason)
{
	struct rivet_decision d = { .action = rule->action, .line = rule->line };

	if (d.action == RIVET_ACTION_QUARANTINE && !rivet_reason_quarantines(reason))
		d.action = weaker(rule->op);
	if (d.action == RIVET_ACTION_KILL && rule->op == RIVET_OP_RUNNING &&
	    !may_kill_running(rule, reason))
		d.action = RIVET_ACTION_AUDIT;
	return d;
}

/* The answer of a DEFAULT. It never quarantines, and never permits what is quarantined. */
static struct rivet_decision answer_of_default(const struct rivet_rules *rules, enum rivet_op op,
					       enum rivet_reason reason)
{
	struct rivet_decision d = rules->defaults[op];

	if (d.action == RIVET_ACTION_QUARANTINE ||
	    (reason == RIVET_REASON_QUARANTINED && !rivet_action_refuses(d.action)))
		d.action = weaker(op);
	return d;
}

/* For reasons that happen to listed bytes, and where there are no bytes, it is DENY. */
static bool quarantines(const struct rivet_rule *rule)
{
	enum rivet_reason reason;

	if (rule->action != RIVET_ACTION_QUARANTINE)
		return false;
	for (reason = 0; reason < __RIVET_REASON_MAX; reason++)
		if (rivet_reason_quarantines(reason) && admits(rule, rule->op, reason))
			return true;
	return false;
}

static u8 context_of(const struct rivet_rule *rule)
{
	return (rule->has_uid || rule->has_fsmagic ? RIVET_CONTEXT_ORIGIN : 0) |
	       (rule->path.len || rule->set.len ? RIVET_CONTEXT_PLACE : 0) |
	       (rule->exe.len ? RIVET_CONTEXT_PROGRAM : 0);
}

/* A rule of SCRIPT checks the files that its program reads, with any action. */
static bool guards(const struct rivet_rule *rule)
{
	return rule->exe.len && (rule->op == RIVET_OP_SCRIPT || rivet_action_refuses(rule->action));
}

/**
 * rivet_rules_add_fsmagic() - record a filesystem that some rule names
 * @rules: rules whose fsmagics are extended
 * @fsmagic: f_type of the filesystem
 *
 * Context: Before @rules are published.
 * Return: true; false if RIVET_FSMAGICS_MAX other values are recorded already.
 */
bool rivet_rules_add_fsmagic(struct rivet_rules *rules, u64 fsmagic)
{
	if (rivet_rules_names_fsmagic(rules, fsmagic))
		return true;
	if (rules->fsmagic_count == RIVET_FSMAGICS_MAX)
		return false;
	rules->fsmagics[rules->fsmagic_count++] = fsmagic;
	return true;
}

static void summarize_rule(struct rivet_rules *rules, const struct rivet_rule *rule)
{
	if (rule->path.len)
		rules->uses_path[rule->op] = true;
	if (rule->exe.len)
		rules->uses_exe = true;
	if (guards(rule))
		rules->guards_programs = true;
	if (rivet_action_refuses(rule->action) && rule->op != RIVET_OP_RUNNING)
		rules->denies |= 1U << rule->op;
	if (quarantines(rule))
		rules->quarantines |= 1U << rule->op;
	if (rule->reasons & (1U << RIVET_REASON_REVOKED))
		rules->tells_revoked |= 1U << rule->op;
	if (rule->action != RIVET_ACTION_ALLOW ||
	    rule->reasons == 1U << RIVET_REASON_QUARANTINED)
		rules->acts |= 1U << rule->op;
	if (rule->has_fsmagic)
		rivet_rules_add_fsmagic(rules, rule->fsmagic);
}

static bool has_rule(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (rules->rules[i].op == op)
			return true;
	return false;
}

/* For READ and SCRIPT the paths of rules choose the files. A DEFAULT alone chooses none. */
static bool is_asked_about(const struct rivet_rules *rules, enum rivet_op op)
{
	return (op != RIVET_OP_READ && op != RIVET_OP_SCRIPT) || has_rule(rules, op);
}

static void summarize(struct rivet_rules *rules)
{
	size_t i;

	memset(rules->uses_path, 0, sizeof(rules->uses_path));
	rules->uses_exe = false;
	rules->guards_programs = false;
	rules->denies = 0;
	rules->quarantines = 0;
	rules->tells_revoked = 0;
	rules->acts = 0;
	rules->fsmagic_count = 0;
	rules->running = has_rule(rules, RIVET_OP_RUNNING);
	for (i = 0; i < rules->count; i++)
		summarize_rule(rules, &rules->rules[i]);
	for (i = 0; i < __RIVET_OP_MAX; i++) {
		if (!is_asked_about(rules, i))
			continue;
		if (rivet_action_refuses(rules->defaults[i].action))
			rules->denies |= 1U << i;
		if (rules->defaults[i].action != RIVET_ACTION_ALLOW)
			rules->acts |= 1U << i;
	}
}

/* The first rule that admits the reason may answer, and each one after it that has a context. */
static struct rivet_decision decide_fast(const struct rivet_rules *rules, enum rivet_op op,
					 enum rivet_reason reason)
{
	struct rivet_decision d = answer_of_default(rules, op, reason);
	u8 context = 0;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		if (!admits(rule, op, reason))
			continue;
		if (!context)
			d = answer_of_rule(rule, reason);
		if (!context_of(rule))
			break;
		context |= context_of(rule);
	}
	d.needs_context = context;
	d.context = context;
	return d;
}

/**
 * rivet_rules_compile() - compute the members derived from the rules
 * @rules: rules with count, rules and defaults set; the call fills in fast, uses_path,
 *	uses_exe, guards_programs, running, denies, quarantines, tells_revoked, acts and the
 *	fsmagics
 *
 * Context: Before @rules are published; may sleep.
 */
void rivet_rules_compile(struct rivet_rules *rules)
{
	int op, reason;

	summarize(rules);
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		for (reason = 0; reason < __RIVET_REASON_MAX; reason++)
			rules->fast[op][reason] = decide_fast(rules, op, reason);
		cond_resched();
	}
}

static bool path_matches(struct rivet_slice pattern, struct rivet_slice path)
{
	return !pattern.len || (path.len && rivet_glob_match(pattern, path));
}

/* An empty @have is unknown and never matches a condition. */
static bool word_matches(struct rivet_slice want, struct rivet_slice have)
{
	return !want.len || rivet_slice_same(want, have);
}

/*
 * The name of a revoked program permits nothing. The exception is a rule of SCRIPT for
 * MATCH, because it only lets the program read listed bytes.
 */
static bool fits_revoked_exe(const struct rivet_rule *rule)
{
	return rivet_action_refuses(rule->action) ||
	       (rule->op == RIVET_OP_SCRIPT && rule->reasons == 1U << RIVET_REASON_MATCH);
}

static bool exe_matches(const struct rivet_rule *rule, const struct rivet_rules_query *query)
{
	return rivet_rules_is_about(rule, query->exe, query->exe_revoked) &&
	       (!rule->exe.len || !query->exe_revoked || fits_revoked_exe(rule));
}

/* An unknown path fits no rule with path= that permits, except for listed bytes (MATCH). */
static bool fits_unknown_path(const struct rivet_rule *rule)
{
	return !rule->path.len || rivet_action_refuses(rule->action) ||
	       rule->reasons == 1U << RIVET_REASON_MATCH;
}

static bool rule_matches(const struct rivet_rule *rule, const struct rivet_rules_query *query)
{
	return admits(rule, query->op, query->reason) &&
	       (!rule->has_uid || rule->uid == query->uid) &&
	       (!rule->has_fsmagic || rule->fsmagic == query->fsmagic) &&
	       word_matches(rule->set, query->set) &&
	       exe_matches(rule, query) &&
	       (query->path_unknown ? fits_unknown_path(rule) :
				      path_matches(rule->path, query->path));
}

/**
 * rivet_rules_decide() - decide on a request by the rules of a policy
 * @rules: a policy
 * @query: the request
 *
 * The first rule that matches decides. Without such a rule, the DEFAULT of the op
 * decides. An op that the policy does not mention gets ALLOW with line 0. What is
 * quarantined is permitted only by a rule with riv=quarantined, never by a DEFAULT. The
 * answer QUARANTINE comes only from a rule, and only for a reason of
 * rivet_reason_quarantines(); elsewhere it is DENY. A query outside the enumerations is a bug
 * of the caller and is denied.
 *
 * Context: Any; the caller keeps @rules and their text alive.
 * Return: the decision; its needs_context is false.
 */
struct rivet_decision rivet_rules_decide(const struct rivet_rules *rules,
					 const struct rivet_rules_query *query)
{
	size_t i;

	if ((u32)query->op >= __RIVET_OP_MAX || (u32)query->reason >= __RIVET_REASON_MAX)
		return (struct rivet_decision){ .action = RIVET_ACTION_DENY };
	for (i = 0; i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		if (rule_matches(rule, query))
			return answer_of_rule(rule, query->reason);
	}
	return answer_of_default(rules, query->op, query->reason);
}

/**
 * rivet_rules_is_about() - check whether a rule may apply to the acting program
 * @rule: the rule
 * @exe: as in struct rivet_rules_query
 * @exe_revoked: as in struct rivet_rules_query
 *
 * A revoked program whose name is unknown may be any program.
 *
 * Context: Any.
 * Return: true if the rule has no exe=, if its exe= is @exe, or if the program is
 * revoked and its name is unknown.
 */
bool rivet_rules_is_about(const struct rivet_rule *rule, struct rivet_slice exe, bool exe_revoked)
{
	return (exe_revoked && !exe.len) || word_matches(rule->exe, exe);
}

/**
 * rivet_rules_choose() - check whether a policy covers the reading of a file
 * @rules: a compiled policy
 * @op: RIVET_OP_READ or RIVET_OP_SCRIPT
 * @path: path of the file in init's mount namespace
 * @exe: as in struct rivet_rules_query
 * @exe_revoked: as in struct rivet_rules_query
 *
 * Reading needs a decision only if the path= of some rule of the op matches the path
 * and its exe=, if any, matches the program. rivet_rules_decide() then makes the
 * decision from all rules.
 *
 * Context: Any.
 * Return: true if some rule covers the file.
 */
bool rivet_rules_choose(const struct rivet_rules *rules, enum rivet_op op,
			struct rivet_slice path, struct rivet_slice exe, bool exe_revoked)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		const struct rivet_rule *rule = &rules->rules[i];

		if (rule->op == op && rivet_rules_is_about(rule, exe, exe_revoked) &&
		    path_matches(rule->path, path))
			return true;
	}
	return false;
}

/**
 * rivet_rules_guards() - check whether a program must not run under another name
 * @rules: a compiled policy
 * @exe: RIV path of the program
 *
 * A process may map the code of a program without executing the program. The process
 * then has the name of another program, so the rules for this one would not apply.
 *
 * Context: Any.
 * Return: true if some rule with this exe= is of op SCRIPT or denies something.
 */
bool rivet_rules_guards(const struct rivet_rules *rules, struct rivet_slice exe)
{
	size_t i;

	for (i = 0; rules->guards_programs && i < rules->count; i++)
		if (guards(&rules->rules[i]) && rivet_slice_same(rules->rules[i].exe, exe))
			return true;
	return false;
}

/**
 * rivet_rules_at() - get the rule of a line
 * @rules: a policy
 * @line: line in its text
 *
 * Context: Any.
 * Return: the rule; NULL if the line has none, such as that of a DEFAULT.
 */
const struct rivet_rule *rivet_rules_at(const struct rivet_rules *rules, u32 line)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (rules->rules[i].line == line)
			return &rules->rules[i];
	return NULL;
}

/**
 * rivet_rules_kill_max() - get the number of programs that one sweep may kill by a rule
 * @rules: a policy
 * @line: line of the rule
 *
 * Context: Any.
 * Return: its max=; 0 if the line has no rule for RUNNING with KILL.
 */
unsigned int rivet_rules_kill_max(const struct rivet_rules *rules, u32 line)
{
	const struct rivet_rule *rule = rivet_rules_at(rules, line);

	return rule ? rule->max : 0;
}

/**
 * rivet_rules_names_fsmagic() - check whether some rule names a filesystem
 * @rules: a compiled policy
 * @fsmagic: f_type of the filesystem
 *
 * Context: Any.
 * Return: true if a rule has fsmagic= with this value.
 */
bool rivet_rules_names_fsmagic(const struct rivet_rules *rules, u64 fsmagic)
{
	size_t i;

	for (i = 0; i < rules->fsmagic_count; i++)
		if (rules->fsmagics[i] == fsmagic)
			return true;
	return false;
}
