/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/decide: have a hook's request decided, reported and carried out
 */
#ifndef _RIVET_DECIDE_H
#define _RIVET_DECIDE_H

#include "decide/eval.h"

#define RIVET_DETAIL_MAX	200	/* bytes of a request's detail, its end included */

/**
 * struct rivet_answer - what is left of a verdict when it was carried out
 * @reason: its reason; RIVET_REASON_UNMEASURED if there was none
 * @lasts: it is permitted whatever the mode becomes: not by audit mode alone
 */
struct rivet_answer {
	enum rivet_reason reason;
	bool lasts;
};

int rivet_decide(const struct rivet_request *request);
int rivet_decide_telling(const struct rivet_request *request, struct rivet_answer *answer);
int rivet_decide_if(const struct rivet_request *request, const struct rivet_request *other);
int rivet_decide_now(const struct rivet_request *request);
int rivet_decide_failed(int error);
void rivet_decide_failed_late(void);

/**
 * rivet_decide_unloading() - what a hook answers when it gets no reference to the module
 *
 * The module is being unloaded, which enforce mode does not permit: it holds itself.
 *
 * Context: any.
 * Return: 0.
 */
static inline int rivet_decide_unloading(void)
{
	return 0;
}

#endif /* _RIVET_DECIDE_H */
