/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policies: the fields of a rule
 */
#ifndef _RIVET_POLICY_CONDITION_H
#define _RIVET_POLICY_CONDITION_H

#include "policy/lines.h"
#include "policy/rules.h"

#define RIVET_CONDITION_ACTIONS	"action=ALLOW, AUDIT, DENY, QUARANTINE or KILL"

/* The keys that a reader of rules looks for; there are more. */
enum {
	RIVET_CONDITION_OP,
	RIVET_CONDITION_ACTION,
};

int rivet_condition_read(const struct rivet_policy_lines *lines, struct rivet_slice field,
			 u32 *seen, struct rivet_rule *rule);

#endif /* _RIVET_POLICY_CONDITION_H */
