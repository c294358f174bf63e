// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - rules, tested: the decision, and that the compiled form agrees with
 * it
 */
#include "policy/rules.h"
#include "unit.h"

#define EXECUTE RIVET_OP_EXECUTE
#define MATCH RIVET_REASON_MATCH
#define UNLISTED RIVET_REASON_UNLISTED
#define BIT(n) (1U << (n))

#define WORD(text) { .ptr = text, .len = sizeof(text) - 1 }

/* Each rule has one more condition; the last has none */
static struct rivet_rule conditions[] = {
	{ .line = 2, .op = EXECUTE, .action = RIVET_ACTION_KILL, .reasons = BIT(MATCH),
	  .has_uid = true, .uid = 1000 },
	{ .line = 3, .op = EXECUTE, .action = RIVET_ACTION_AUDIT, .has_fsmagic = true,
	  .fsmagic = 0xef53 },
	{ .line = 4, .op = EXECUTE, .action = RIVET_ACTION_KILL, .path = WORD("/opt/**") },
	{ .line = 5, .op = EXECUTE, .action = RIVET_ACTION_AUDIT, .exe = WORD("/bin/sh") },
	{ .line = 6, .op = EXECUTE, .action = RIVET_ACTION_KILL, .set = WORD("base") },
	{ .line = 7, .op = RIVET_OP_MMAP, .action = RIVET_ACTION_KILL },
	{ .line = 8, .op = EXECUTE, .action = RIVET_ACTION_ALLOW, .reasons = BIT(MATCH) },
};

static struct rivet_rules make_rules(struct rivet_rule *rules, size_t count)
{
	struct rivet_rules out = { .rules = rules, .count = count };

	out.defaults[EXECUTE] = (struct rivet_decision){ .action = RIVET_ACTION_DENY, .line = 1 };
	rivet_rules_compile(&out);
	return out;
}

static const struct {
	const char *label;
	struct rivet_rules_query query;
	u32 line;
} decide_cases[] = {
	{ "nothing special", { EXECUTE, MATCH, 0, 0, {}, {}, {} }, 8 },
	{ "uid", { EXECUTE, MATCH, 1000, 0, {}, {}, {} }, 2 },
	{ "uid, but another reason", { EXECUTE, UNLISTED, 1000, 0, {}, {}, {} }, 1 },
	{ "another uid", { EXECUTE, MATCH, 1001, 0, {}, {}, {} }, 8 },
	{ "fsmagic", { EXECUTE, UNLISTED, 0, 0xef53, {}, {}, {} }, 3 },
	{ "another fsmagic", { EXECUTE, UNLISTED, 0, 0xef54, {}, {}, {} }, 1 },
	{ "path", { EXECUTE, UNLISTED, 0, 0, WORD("/opt/x"), {}, {} }, 4 },
	{ "another path", { EXECUTE, UNLISTED, 0, 0, WORD("/opt2/x"), {}, {} }, 1 },
	{ "exe", { EXECUTE, UNLISTED, 0, 0, {}, WORD("/bin/sh"), {} }, 5 },
	{ "another exe", { EXECUTE, UNLISTED, 0, 0, {}, WORD("/bin/sh2"), {} }, 1 },
	{ "set", { EXECUTE, UNLISTED, 0, 0, {}, {}, WORD("base") }, 6 },
	{ "another set", { EXECUTE, UNLISTED, 0, 0, {}, {}, WORD("bas") }, 1 },
	{ "first of two", { EXECUTE, MATCH, 1000, 0xef53, {}, {}, {} }, 2 },
	{ "another op", { RIVET_OP_MMAP, UNLISTED, 1000, 0xef53, WORD("/opt/x"), {}, {} }, 7 },
	{ "op that is not mentioned", { RIVET_OP_READ, UNLISTED, 0, 0, {}, {}, {} }, 0 },
};

static const struct rivet_rule revoked_rules[] = {
	{ .line = 2, .op = RIVET_OP_SCRIPT, .action = RIVET_ACTION_ALLOW, .exe = WORD("/sh"),
	  .path = WORD("/opt/*"), .reasons = 1U << RIVET_REASON_MATCH },
	{ .line = 3, .op = RIVET_OP_SCRIPT, .action = RIVET_ACTION_ALLOW, .exe = WORD("/sh"),
	  .path = WORD("/tmp/*") },
	{ .line = 4, .op = RIVET_OP_KMODULE, .action = RIVET_ACTION_ALLOW, .exe = WORD("/sh"),
	  .reasons = 1U << RIVET_REASON_MATCH },
	{ .line = 5, .op = RIVET_OP_ANON_EXEC, .action = RIVET_ACTION_DENY, .exe = WORD("/sh") },
	{ .line = 6, .op = RIVET_OP_MMAP, .action = RIVET_ACTION_AUDIT, .exe = WORD("/sh") },
	{ .line = 7, .op = RIVET_OP_READ, .action = RIVET_ACTION_KILL, .exe = WORD("/sh"),
	  .path = WORD("/etc/*") },
};

/* A revocation only removes permission: refusals stay, and permitted requests may not */
static void test_revoked_exe(void)
{
	static const struct {
		struct rivet_rules_query query;
		u32 line, line_revoked;
	} cases[] = {
		{ { .op = RIVET_OP_SCRIPT, .reason = MATCH, .path = WORD("/opt/a") }, 2, 2 },
		{ { .op = RIVET_OP_SCRIPT, .reason = UNLISTED, .path = WORD("/opt/a") }, 100, 100 },
		{ { .op = RIVET_OP_SCRIPT, .reason = UNLISTED, .path = WORD("/tmp/a") }, 3, 100 },
		{ { .op = RIVET_OP_KMODULE, .reason = MATCH }, 4, 101 },
		{ { .op = RIVET_OP_ANON_EXEC, .reason = UNLISTED }, 5, 5 },
		{ { .op = RIVET_OP_MMAP, .reason = UNLISTED }, 6, 102 },
		{ { .op = RIVET_OP_READ, .reason = MATCH, .path = WORD("/etc/a") }, 7, 7 },
	};
	struct rivet_rules rules = {
		.count = ARRAY_SIZE(revoked_rules), .rules = (struct rivet_rule *)revoked_rules,
		.defaults = {
			[RIVET_OP_SCRIPT] = { .line = 100 },
			[RIVET_OP_KMODULE] = { .line = 101 },
			[RIVET_OP_MMAP] = { .line = 102 },
		},
	};
	size_t i;

	rivet_rules_compile(&rules);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rivet_rules_query query = cases[i].query;

		query.exe = (struct rivet_slice)WORD("/sh");
		unit_eq(rivet_rules_decide(&rules, &query).line, cases[i].line, "known %zu", i);
		query.exe_revoked = true;
		unit_eq(rivet_rules_decide(&rules, &query).line, cases[i].line_revoked,
			"revoked %zu", i);
		query.exe = (struct rivet_slice){};
		unit_eq(rivet_rules_decide(&rules, &query).line, cases[i].line_revoked,
			"revoked and nameless %zu", i);
		query.exe_revoked = false;
		unit_ok(rivet_rules_decide(&rules, &query).line >= 100 ||
			!rivet_rules_decide(&rules, &query).line, "nameless %zu", i);
	}
	unit_ok(rivet_rules_choose(&rules, RIVET_OP_SCRIPT, (struct rivet_slice)WORD("/tmp/a"),
				   (struct rivet_slice)WORD("/sh"), true), "and it is still asked about");
}

static void test_decide(void)
{
	struct rivet_rules rules = make_rules(conditions, ARRAY_SIZE(conditions));
	struct rivet_decision decision;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(decide_cases); i++) {
		decision = rivet_rules_decide(&rules, &decide_cases[i].query);
		unit_eq(decision.line, decide_cases[i].line, "%s", decide_cases[i].label);
		unit_ok(!decision.needs_context, "is final: %s", decide_cases[i].label);
	}
	unit_eq(decision.action, RIVET_ACTION_ALLOW, "what is not mentioned is allowed");
}

static void test_impossible(void)
{
	static const struct rivet_rules_query queries[] = {
		{ .op = __RIVET_OP_MAX }, { .op = -1 }, { .reason = __RIVET_REASON_MAX },
		{ .reason = -1 }, { .reason = 32 },
	};
	struct rivet_rules rules = make_rules(conditions, ARRAY_SIZE(conditions));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queries); i++)
		unit_eq(rivet_rules_decide(&rules, &queries[i]).action, RIVET_ACTION_DENY,
			"impossible query %zu", i);
}

static void test_empty_is_unknown(void)
{
	static struct rivet_rule rule[] = {
		{ .line = 2, .op = EXECUTE, .action = RIVET_ACTION_ALLOW, .path = WORD("**") },
	};
	struct rivet_rules rules = make_rules(rule, 1);
	struct rivet_rules_query query = { .op = EXECUTE };

	unit_eq(rivet_rules_decide(&rules, &query).line, 1, "no path matches no pattern, even **");
	query.path = (struct rivet_slice)WORD("/a");
	unit_eq(rivet_rules_decide(&rules, &query).line, 2, "a path does");
}

/* Who must not run under another's name: those of whom rules ask more than of others. */
static void test_guards(void)
{
	static struct {
		struct rivet_rule rule;
		bool guards;
		const char *name;
	} cases[] = {
		{ { .op = RIVET_OP_SCRIPT, .exe = WORD("/sh") }, true, "an interpreter" },
		{ { .op = RIVET_OP_SCRIPT, .path = WORD("/sh") }, false, "scripts of all" },
		{ { .op = RIVET_OP_READ, .action = RIVET_ACTION_DENY, .exe = WORD("/sh") }, true,
		  "a program that may not read" },
		{ { .op = RIVET_OP_READ, .exe = WORD("/sh") }, false, "one that may" },
		{ { .op = RIVET_OP_ANON_EXEC, .exe = WORD("/sh") }, false,
		  "one that may generate code" },
		{ { .op = RIVET_OP_ANON_EXEC, .action = RIVET_ACTION_AUDIT, .exe = WORD("/sh") },
		  false, "one that is reported" },
		{ { .op = RIVET_OP_ANON_EXEC, .action = RIVET_ACTION_KILL, .exe = WORD("/sh") },
		  true, "one that is killed" },
	};
	const struct rivet_slice sh = WORD("/sh"), other = WORD("/she"), none = { 0 };
	struct rivet_rules rules;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rules = make_rules(&cases[i].rule, 1);
		unit_ok(rules.guards_programs == cases[i].guards &&
			rivet_rules_guards(&rules, sh) == cases[i].guards, cases[i].name);
		unit_ok(!rivet_rules_guards(&rules, other) && !rivet_rules_guards(&rules, none),
			"and nobody else");
	}
}

/* Of rules with a path, those that refuse fit a path that is not known, and those for a match */
static void test_unknown_path(void)
{
	static struct rivet_rule rules_of_reading[] = {
		{ .line = 2, .op = RIVET_OP_READ, .action = RIVET_ACTION_ALLOW,
		  .path = WORD("/etc/app/local/**") },
		{ .line = 3, .op = RIVET_OP_READ, .action = RIVET_ACTION_ALLOW,
		  .path = WORD("/etc/app/**"), .reasons = BIT(MATCH) },
		{ .line = 4, .op = RIVET_OP_READ, .action = RIVET_ACTION_DENY,
		  .path = WORD("/etc/secret"), .reasons = BIT(UNLISTED) },
		{ .line = 5, .op = RIVET_OP_READ, .action = RIVET_ACTION_ALLOW },
	};
	struct rivet_rules rules = make_rules(rules_of_reading, ARRAY_SIZE(rules_of_reading));
	struct rivet_rules_query query = { .op = RIVET_OP_READ, .path_unknown = true };

	unit_eq(rivet_rules_decide(&rules, &query).line, 3, "listed bytes, wherever they are");
	query.reason = UNLISTED;
	unit_eq(rivet_rules_decide(&rules, &query).line, 4, "a rule that refuses");
	query.reason = RIVET_REASON_MISMATCH;
	unit_eq(rivet_rules_decide(&rules, &query).line, 5, "a rule without a path");
}

static void test_compile(void)
{
	struct rivet_rules rules = make_rules(conditions, ARRAY_SIZE(conditions));
	struct rivet_rules none = make_rules(NULL, 0);
	struct rivet_decision fast;

	unit_ok(rules.fast[EXECUTE][MATCH].needs_context, "uid needs context");
	unit_ok(rules.fast[EXECUTE][UNLISTED].needs_context, "fsmagic needs context");
	fast = rules.fast[RIVET_OP_MMAP][UNLISTED];
	unit_ok(!fast.needs_context && fast.line == 7, "no condition needs none");
	unit_eq(fast.action, RIVET_ACTION_KILL, "and is the answer");
	unit_ok(rules.uses_path[EXECUTE] && !rules.uses_path[RIVET_OP_MMAP], "paths by op");
	unit_ok(rules.uses_exe, "exe");
	unit_eq(rules.denies, BIT(EXECUTE) | BIT(RIVET_OP_MMAP), "what is denied");
	unit_eq(rules.fsmagic_count, 1, "filesystems");
	unit_ok(rivet_rules_names_fsmagic(&rules, 0xef53), "the one that is named");
	unit_ok(!rivet_rules_names_fsmagic(&rules, 0), "not another one");

	rivet_rules_compile(&rules);
	unit_eq(rules.fsmagic_count, 1, "compiled twice, the same");
	unit_eq(none.fast[EXECUTE][MATCH].line, 1, "without rules, the default");
	unit_eq(none.denies, BIT(EXECUTE), "which denies");
	unit_ok(!none.uses_exe && !none.fsmagic_count, "and needs nothing");
	unit_eq(none.fast[RIVET_OP_MMAP][MATCH].action, RIVET_ACTION_ALLOW, "not mentioned");

	fast = make_rules(&conditions[2], 1).fast[EXECUTE][MATCH];
	unit_ok(fast.needs_context, "path needs context");
	unit_eq(fast.context, RIVET_CONTEXT_PLACE, "and nothing else");
	fast = make_rules(&conditions[3], 1).fast[EXECUTE][MATCH];
	unit_ok(fast.needs_context, "exe needs context");
	unit_eq(fast.context, RIVET_CONTEXT_PROGRAM, "which is the program");
	fast = make_rules(&conditions[4], 1).fast[EXECUTE][MATCH];
	unit_ok(fast.needs_context, "set needs context");
	unit_eq(fast.context, RIVET_CONTEXT_PLACE, "as path does");
	fast = make_rules(conditions, ARRAY_SIZE(conditions)).fast[EXECUTE][MATCH];
	unit_eq(fast.context, RIVET_CONTEXT_ORIGIN | RIVET_CONTEXT_PLACE | RIVET_CONTEXT_PROGRAM,
		"all of those before the one that answers");
	fast = make_rules(&conditions[6], 1).fast[EXECUTE][MATCH];
	unit_eq(fast.context, 0, "a rule without a condition has none");
	fast = make_rules(&conditions[6], 1).fast[EXECUTE][UNLISTED];
	unit_ok(!fast.needs_context && fast.line == 1, "a rule for another reason does not count");
}

static void test_fsmagics(void)
{
	struct rivet_rules rules = {};
	bool ok = true;
	u64 i;

	for (i = 0; i < RIVET_FSMAGICS_MAX; i++)
		ok &= rivet_rules_add_fsmagic(&rules, i << 32);
	unit_ok(ok, "room for 16 filesystems");
	unit_ok(!rivet_rules_add_fsmagic(&rules, 1), "and no more");
	unit_ok(rivet_rules_add_fsmagic(&rules, 0), "but for one that is there");
	unit_eq(rules.fsmagic_count, RIVET_FSMAGICS_MAX, "16 of them");
}

static struct rivet_slice random_choice(const struct rivet_slice *from, size_t count)
{
	return from[unit_random() % count];
}

static const struct rivet_slice patterns[] = { {}, {}, {}, WORD("/a"), WORD("/*"), WORD("/b/**") };
static const struct rivet_slice words[] = { {}, {}, {}, WORD("/a"), WORD("/b/c"), WORD("x") };

static struct rivet_rule random_rule(u32 line)
{
	return (struct rivet_rule){
		.line = line,
		.op = unit_random() % 3,
		.action = unit_random() % __RIVET_ACTION_MAX,
		.reasons = unit_random() % 2 ? 0 : BIT(unit_random() % __RIVET_REASON_MAX),
		.has_uid = unit_random() % 4 == 0,
		.uid = unit_random() % 2,
		.has_fsmagic = unit_random() % 4 == 0,
		.fsmagic = unit_random() % 2,
		.path = random_choice(patterns, ARRAY_SIZE(patterns)),
		.exe = random_choice(words, ARRAY_SIZE(words)),
		.set = random_choice(words, ARRAY_SIZE(words)),
	};
}

/* Another request, with the same of all that the answer is said to depend on */
static struct rivet_rules_query vary(struct rivet_rules_query query, u8 context)
{
	if (!(context & RIVET_CONTEXT_ORIGIN)) {
		query.uid = unit_random() % 2;
		query.fsmagic = unit_random() % 2;
	}
	if (!(context & RIVET_CONTEXT_PLACE)) {
		query.path = random_choice(words, ARRAY_SIZE(words));
		query.set = random_choice(words, ARRAY_SIZE(words));
	}
	if (!(context & RIVET_CONTEXT_PROGRAM)) {
		query.exe = random_choice(words, ARRAY_SIZE(words));
		query.exe_revoked = unit_random() % 2;
	}
	return query;
}

/* The fast answer, where it claims to be one, is that of any request */
static size_t count_disagreements(const struct rivet_rules *rules)
{
	struct rivet_rules_query query = {
		.op = unit_random() % __RIVET_OP_MAX,
		.reason = unit_random() % __RIVET_REASON_MAX,
		.uid = unit_random() % 2,
		.fsmagic = unit_random() % 2,
		.path = random_choice(words, ARRAY_SIZE(words)),
		.exe = random_choice(words, ARRAY_SIZE(words)),
		.set = random_choice(words, ARRAY_SIZE(words)),
	};
	const struct rivet_decision *fast = &rules->fast[query.op][query.reason];
	struct rivet_decision full = rivet_rules_decide(rules, &query), other;

	query = vary(query, fast->context);
	other = rivet_rules_decide(rules, &query);
	if (other.action != full.action || other.line != full.line)
		return 1;
	if (fast->needs_context)
		return 0;
	return fast->action != full.action || fast->line != full.line;
}

/* A DEFAULT alone asks about everything but reading */
static void test_acts(void)
{
	struct rivet_rule read = { .line = 2, .op = RIVET_OP_READ, .action = RIVET_ACTION_ALLOW,
				   .path = WORD("/etc/**") };
	struct rivet_rules rules = { .rules = &read, .count = 1 };

	rules.defaults[EXECUTE] = (struct rivet_decision){ RIVET_ACTION_ALLOW, false, 1 };
	rules.defaults[RIVET_OP_KMODULE] = (struct rivet_decision){ RIVET_ACTION_AUDIT, false, 1 };
	rules.defaults[RIVET_OP_SCRIPT] = (struct rivet_decision){ RIVET_ACTION_DENY, false, 1 };
	rivet_rules_compile(&rules);
	unit_eq(rules.acts, BIT(RIVET_OP_KMODULE), "what is always allowed is not asked about");
	unit_eq(rules.denies, 0, "nor is what no rule chooses denied");
	rules.defaults[RIVET_OP_READ] = (struct rivet_decision){ RIVET_ACTION_DENY, false, 1 };
	rivet_rules_compile(&rules);
	unit_eq(rules.acts, BIT(RIVET_OP_KMODULE) | BIT(RIVET_OP_READ), "its rule chooses READ");
	unit_eq(rules.denies, BIT(RIVET_OP_READ), "and its DEFAULT denies");
	rules.defaults[RIVET_OP_READ].action = RIVET_ACTION_ALLOW;
	read.reasons = BIT(RIVET_REASON_QUARANTINED);
	rivet_rules_compile(&rules);
	unit_eq(rules.acts, BIT(RIVET_OP_KMODULE) | BIT(RIVET_OP_READ),
		"a rule about what is quarantined has to be asked");
}

static enum rivet_action action_for(const struct rivet_rules *rules, enum rivet_reason reason)
{
	struct rivet_rules_query query = {
		.op = EXECUTE, .reason = reason, .path = WORD("/opt/x"),
	};

	return rivet_rules_decide(rules, &query).action;
}

/* Only for reasons that listed bytes never have, and never from a DEFAULT */
static void test_quarantine(void)
{
	struct rivet_rule any = { .line = 2, .op = EXECUTE, .action = RIVET_ACTION_QUARANTINE };
	struct rivet_rules rules = make_rules(&any, 1);
	enum rivet_reason reason;

	for (reason = 0; reason < __RIVET_REASON_MAX; reason++) {
		bool bad = reason == UNLISTED || reason == RIVET_REASON_MISMATCH ||
			   reason == RIVET_REASON_REVOKED;

		unit_eq(action_for(&rules, reason),
			bad ? RIVET_ACTION_QUARANTINE : RIVET_ACTION_DENY, "QUARANTINE for %s",
			rivet_name_reason(reason));
	}
	unit_eq(rules.quarantines, BIT(EXECUTE), "files of any size are measured then");
	any.reasons = BIT(RIVET_REASON_WRONG_USE);
	rules = make_rules(&any, 1);
	unit_eq(rules.quarantines, 0, "not for a rule that cannot quarantine");
	unit_eq(rules.tells_revoked, 0, "nothing tells what is revoked");
	unit_eq(rules.denies, BIT(EXECUTE), "which denies");
	any.reasons = BIT(RIVET_REASON_REVOKED);
	rules = make_rules(&any, 1);
	unit_eq(rules.tells_revoked, BIT(EXECUTE), "a rule with riv=revoked does");
	rules = make_rules(NULL, 0);
	rules.defaults[EXECUTE].action = RIVET_ACTION_QUARANTINE;
	rivet_rules_compile(&rules);
	unit_eq(action_for(&rules, UNLISTED), RIVET_ACTION_DENY, "a DEFAULT denies");
	unit_eq(rules.fast[EXECUTE][UNLISTED].action, RIVET_ACTION_DENY, "also when compiled");
}

static void test_quarantined(void)
{
	struct rivet_rule rule = { .line = 2, .op = EXECUTE, .action = RIVET_ACTION_ALLOW,
				   .path = WORD("/opt/**") };
	struct rivet_rules rules = make_rules(&rule, 1);

	unit_eq(action_for(&rules, UNLISTED), RIVET_ACTION_ALLOW, "a path permits what is unlisted");
	unit_eq(action_for(&rules, RIVET_REASON_QUARANTINED), RIVET_ACTION_DENY,
		"and not what is quarantined");
	rule.reasons = BIT(RIVET_REASON_QUARANTINED);
	rules = make_rules(&rule, 1);
	unit_eq(action_for(&rules, RIVET_REASON_QUARANTINED), RIVET_ACTION_ALLOW,
		"unless the rule names the reason");
	rule.action = RIVET_ACTION_KILL;
	rules = make_rules(&rule, 1);
	unit_eq(action_for(&rules, RIVET_REASON_QUARANTINED), RIVET_ACTION_KILL, "a rule may kill");
	rules = make_rules(NULL, 0);
	rules.defaults[EXECUTE].action = RIVET_ACTION_AUDIT;
	rivet_rules_compile(&rules);
	unit_eq(action_for(&rules, RIVET_REASON_QUARANTINED), RIVET_ACTION_DENY,
		"a DEFAULT permits nothing of it");
	rules.defaults[EXECUTE] = (struct rivet_decision){};
	rivet_rules_compile(&rules);
	unit_eq(action_for(&rules, RIVET_REASON_QUARANTINED), RIVET_ACTION_DENY,
		"nor an op without a word");
}

static void test_choose(void)
{
	static const struct rivet_slice sh = WORD("/bin/sh"), python = WORD("/usr/bin/python3");
	static const struct rivet_slice script = WORD("/opt/a.py"), other = WORD("/srv/a.py");
	struct rivet_rule chosen[] = {
		{ .line = 2, .op = RIVET_OP_SCRIPT, .action = RIVET_ACTION_ALLOW,
		  .path = WORD("/opt/**"), .exe = WORD("/bin/sh"), .reasons = BIT(MATCH) },
		{ .line = 3, .op = RIVET_OP_READ, .action = RIVET_ACTION_ALLOW,
		  .path = WORD("/srv/**") },
	};
	struct rivet_rules rules = make_rules(chosen, 2);
	const struct rivet_slice none = {};

	unit_ok(rivet_rules_choose(&rules, RIVET_OP_SCRIPT, script, sh, false), "chosen, whatever riv= says");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_SCRIPT, script, python, false), "another program");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_SCRIPT, script, none, false), "no known program");
	unit_ok(rivet_rules_choose(&rules, RIVET_OP_SCRIPT, script, none, true),
		"a revoked one that has no name");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_SCRIPT, other, none, true),
		"which reads another path");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_SCRIPT, other, sh, false), "another path");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_SCRIPT, none, sh, false), "no path");
	unit_ok(rivet_rules_choose(&rules, RIVET_OP_READ, other, none, false), "READ by anybody");
	unit_ok(!rivet_rules_choose(&rules, RIVET_OP_READ, script, sh, false), "READ of another path");
	unit_ok(!rivet_rules_choose(&rules, EXECUTE, script, sh, false), "another op");
}

static void test_random(void)
{
	size_t disagreements = 0, fast = 0, round, i;
	struct rivet_rule some[8];

	for (round = 0; round < 50000; round++) {
		size_t count = unit_random() % (ARRAY_SIZE(some) + 1);
		struct rivet_rules rules;

		for (i = 0; i < count; i++)
			some[i] = random_rule(i + 2);
		rules = make_rules(some, count);
		for (i = 0; i < 20; i++)
			disagreements += count_disagreements(&rules);
		fast += !rules.fast[EXECUTE][MATCH].needs_context;
	}
	unit_eq(disagreements, 0, "1000000 random requests: fast and full agree");
	unit_ok(fast > 5000 && fast < 45000, "and a fair part of them is fast");
}

int main(void)
{
	test_decide();
	test_revoked_exe();
	test_impossible();
	test_empty_is_unknown();
	test_unknown_path();
	test_compile();
	test_guards();
	test_fsmagics();
	test_acts();
	test_quarantine();
	test_quarantined();
	test_choose();
	test_random();
	return unit_done();
}
