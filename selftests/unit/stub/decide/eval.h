/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: the surroundings of decide/decide.c
 */
#ifndef _RIVET_STUB_DECIDE_EVAL_H
#define _RIVET_STUB_DECIDE_EVAL_H

#include <uapi/linux/rivet.h>

#include "text/names.h"

struct inode;

struct rivet_cause {
	bool known;
	enum rivet_reason reason;
};

struct rivet_answer {
	enum rivet_reason reason;
	bool lasts;
};

struct rivet_request {
	enum rivet_op op;
	enum rivet_hook hook;
	const struct inode *inode;
	struct rivet_cause cause;
	const char *detail;
	bool stays_open;
	bool is_early;
	bool is_atomic;
	struct rivet_answer *answer;
};

struct rivet_verdict {
	enum rivet_mode mode;
	enum rivet_action action;
	enum rivet_reason reason;
};

int rivet_eval(const struct rivet_request *request, struct rivet_verdict *verdict);
void rivet_eval_put(struct rivet_verdict *verdict);
bool rivet_policy_acts(enum rivet_op op);

static inline bool rivet_eval_is_refused(const struct rivet_verdict *verdict)
{
	return verdict->mode == RIVET_MODE_ENFORCE && rivet_action_refuses(verdict->action);
}

#endif /* _RIVET_STUB_DECIDE_EVAL_H */
