/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/decide: decide on a request of a hook, report it, carry the verdict out
 */
#ifndef _RIVET_DECIDE_H
#define _RIVET_DECIDE_H

#include "decide/eval.h"

#define RIVET_DETAIL_MAX	200	/* bytes of a request's detail, with its terminator */

int rivet_decide(const struct rivet_request *request);
int rivet_decide_failed(int error);
void rivet_decide_failed_late(void);

/**
 * rivet_decide_unloading() - get the answer of a hook without a reference to the module
 *
 * Without a reference the module is being unloaded. Enforce mode prevents unloading,
 * because the module then holds a reference to itself.
 *
 * Context: any.
 * Return: 0.
 */
static inline int rivet_decide_unloading(void)
{
	return 0;
}

#endif /* _RIVET_DECIDE_H */
