/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - which requests the rules of a policy reach
 */
#ifndef RIVET_REACH_H
#define RIVET_REACH_H

#include "policy/rules.h"

bool reach_covers(const struct rivet_rule *wide, const struct rivet_rule *narrow);
const struct rivet_rule *reach_find_cover(const struct rivet_rules *rules, size_t at);
bool reach_default(const struct rivet_rules *rules, enum rivet_op op);
bool reach_denial(const struct rivet_rules *rules, enum rivet_op op);
bool reach_permission(const struct rivet_rules *rules, enum rivet_op op);
bool reach_unverified(const struct rivet_rules *rules, enum rivet_op op, u32 *line);

#endif /* RIVET_REACH_H */
