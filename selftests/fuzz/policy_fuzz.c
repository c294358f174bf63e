// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - fuzzer: policies, and the decisions over them
 *
 * Counting and filling in agree; where the compiled answer claims to be final,
 * it is that of every request; and every decision ends.
 */
#include "fuzz.h"
#include "object/split.h"
#include "policy/parser.h"

static struct rivet_rule rules[RIVET_RULES_MAX];
static struct rivet_rules policy;

/* The hooks for reading ask about files that a rule chooses, and about no others. */
static bool is_asked(const struct rivet_rules_query *query)
{
	return (query->op != RIVET_OP_READ && query->op != RIVET_OP_SCRIPT) ||
	       rivet_rules_choose(&policy, query->op, query->path, query->exe,
				  query->exe_revoked);
}

static void check_fast(const struct rivet_rules_query *query)
{
	const struct rivet_decision *fast = &policy.fast[query->op][query->reason];
	struct rivet_decision full = rivet_rules_decide(&policy, query);

	FUZZ_ASSERT(full.action < __RIVET_ACTION_MAX && !full.needs_context);
	FUZZ_ASSERT(fast->needs_context || (fast->action == full.action &&
					    fast->line == full.line));
	FUZZ_ASSERT(query->reason != RIVET_REASON_QUARANTINED || full.line ||
		    full.action == RIVET_ACTION_DENY || query->op == RIVET_OP_RUNNING);
	FUZZ_ASSERT(full.action != RIVET_ACTION_QUARANTINE ||
		    (policy.quarantines & 1U << query->op &&
		     rivet_reason_quarantines(query->reason)));
	FUZZ_ASSERT(query->op != RIVET_OP_RUNNING || full.action != RIVET_ACTION_DENY);
	/* Bytes in quarantine are refused without a rule. What runs refuses no request. */
	if (!is_asked(query) || query->op == RIVET_OP_RUNNING ||
	    query->reason == RIVET_REASON_QUARANTINED)
		return;
	FUZZ_ASSERT(policy.acts & 1U << query->op || full.action == RIVET_ACTION_ALLOW);
	FUZZ_ASSERT(policy.denies & 1U << query->op || full.action == RIVET_ACTION_ALLOW ||
		    full.action == RIVET_ACTION_AUDIT);
}

static void check_reasons(struct rivet_rules_query query)
{
	int op, reason;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		for (reason = 0; reason < __RIVET_REASON_MAX; reason++) {
			query.op = op;
			query.reason = reason;
			check_fast(&query);
		}
	}
}

/* Requests made from the names in the rules, so that conditions hold */
static void check_decisions(void)
{
	struct rivet_rules_query query = {};
	size_t i;

	check_reasons(query);
	for (i = 0; i < policy.count && i < 8; i++) {
		const struct rivet_rule *rule = &rules[i];

		FUZZ_ASSERT(!rule->has_fsmagic ||
			    rivet_rules_names_fsmagic(&policy, rule->fsmagic));
		query.uid = rule->uid;
		query.fsmagic = rule->fsmagic;
		query.path = rule->path;
		check_reasons(query);
		query.exe = rule->exe;
		query.set = rule->set;
		check_reasons(query);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *text = (const char *)data;
	struct rivet_parse_error err = {};
	int count = rivet_policy_parse(text, size, &policy, NULL, 0, &err);

	FUZZ_ASSERT(rivet_policy_parse(text, size, &policy, rules, RIVET_RULES_MAX, NULL) == count);
	if (count < 0) {
		fuzz_assert_error(count, &err, size);
		return 0;
	}
	FUZZ_ASSERT(policy.count == (size_t)count && policy.rules == rules);
	FUZZ_ASSERT(rivet_object_kind(text, size) == RIVET_OBJECT_POLICY);
	FUZZ_ASSERT(!memchr(text, '\r', size) && !memchr(text, '\0', size));
	check_decisions();
	return 0;
}
