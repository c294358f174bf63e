/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: the active policy
 */
#ifndef _RIVET_STUB_POLICY_ACTIVE_H
#define _RIVET_STUB_POLICY_ACTIVE_H

#include "policy/rules.h"

struct rivet_policy {
	struct rivet_rules rules;
};

struct rivet_policy *rivet_policy_get(void);
void rivet_policy_put(struct rivet_policy *policy);

#endif /* _RIVET_STUB_POLICY_ACTIVE_H */
