/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: the surroundings of decide/decide.c
 */
#ifndef _RIVET_STUB_DECIDE_EVAL_H
#define _RIVET_STUB_DECIDE_EVAL_H

#include <uapi/linux/rivet.h>

#include "policy/rules.h"

struct rivet_cause {
	bool known;
	enum rivet_reason reason;
};

struct rivet_request {
	enum rivet_op op;
	enum rivet_hook hook;
	struct rivet_cause cause;
	const char *detail;
};

struct rivet_verdict {
	int error;
	enum rivet_mode mode;
	enum rivet_action action;
	enum rivet_reason reason;
};

struct rivet_policy {
	struct rivet_rules rules;
};

struct rivet_program;

extern struct rivet_policy *rivet_policy_active;

struct rivet_verdict *rivet_eval(const struct rivet_request *request);
void rivet_eval_free(struct rivet_verdict *verdict);
struct rivet_program *rivet_task_program(bool *revoked);
struct rivet_slice rivet_task_path(const struct rivet_program *program);
void rivet_task_put(struct rivet_program *program);

static inline bool rivet_eval_refuses(enum rivet_action action)
{
	return action == RIVET_ACTION_DENY || action == RIVET_ACTION_KILL;
}

#endif /* _RIVET_STUB_DECIDE_EVAL_H */
