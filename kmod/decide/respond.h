/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/respond: the effect of a verdict on the machine
 */
#ifndef _RIVET_DECIDE_RESPOND_H
#define _RIVET_DECIDE_RESPOND_H

#include "decide/eval.h"

void rivet_respond(const struct rivet_request *request, const struct rivet_verdict *verdict);

#endif /* _RIVET_DECIDE_RESPOND_H */
