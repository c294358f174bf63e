// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/respond: the effect of a verdict on the machine
 *
 * Only a failure at a path that the rule names counts. A rule that refuses also fits a file
 * whose path is unknown, and any user can have one.
 */
#include "decide/respond.h"
#include "respond/failed.h"

static struct rivet_slice name_of(const struct rivet_request *req, const struct rivet_verdict *v)
{
	const char *name = req->name ?: rivet_eval_path_is_inits(v) ? v->path : "";

	return (struct rivet_slice){ .ptr = name, .len = strlen(name) };
}

/**
 * rivet_respond() - let a verdict change the machine, if its rule says so
 * @request: the request, which is carried out
 * @verdict: the verdict
 *
 * Context: any but interrupts; only counts, and wakes a worker.
 */
void rivet_respond(const struct rivet_request *request, const struct rivet_verdict *verdict)
{
	const struct rivet_rules *rules = &verdict->policy->rules;
	const struct rivet_rule *rule;
	struct rivet_slice name;

	if (!rules->isolates || !rivet_action_refuses(verdict->action))
		return;
	rule = rivet_rules_at(rules, verdict->rule_line);
	if (!rule || !rule->response)
		return;
	name = name_of(request, verdict);
	if (name.len && rivet_glob_match(rule->path, name))
		rivet_respond_failed(verdict->policy, rule, verdict->mode);
}
