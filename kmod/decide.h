/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide: have a hook's request decided, reported and carried out
 */
#ifndef _RIVET_DECIDE_H
#define _RIVET_DECIDE_H

#include "eval.h"

int rivet_decide(const struct rivet_request *request);

#endif /* _RIVET_DECIDE_H */
