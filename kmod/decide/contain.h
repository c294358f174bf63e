/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/contain: the effect of a verdict on the quarantine list
 */
#ifndef _RIVET_DECIDE_CONTAIN_H
#define _RIVET_DECIDE_CONTAIN_H

#include "decide/eval.h"

void rivet_contain(const struct rivet_request *request, struct rivet_verdict *verdict);

#endif /* _RIVET_DECIDE_CONTAIN_H */
