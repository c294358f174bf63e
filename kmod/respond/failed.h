/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/failed: count failures by rules with respond=
 */
#ifndef _RIVET_RESPOND_FAILED_H
#define _RIVET_RESPOND_FAILED_H

#include "policy/active.h"
#include "text/names.h"

void rivet_respond_failed(const struct rivet_policy *policy, const struct rivet_rule *rule,
			  enum rivet_mode mode);
int rivet_respond_init(void);
void rivet_respond_exit(void);

#endif /* _RIVET_RESPOND_FAILED_H */
