/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policies: the text form of rules
 *
 * The caller provides the memory. A first call with @max 0 counts the rules and
 * detects every error. A second call with enough memory fills the rules in.
 */
#ifndef _RIVET_POLICY_PARSER_H
#define _RIVET_POLICY_PARSER_H

#include "policy/rules.h"

int rivet_policy_parse(const char *text, size_t len, struct rivet_rules *out,
		       struct rivet_rule *rules, size_t max,
		       struct rivet_parse_error *err);

#endif /* _RIVET_POLICY_PARSER_H */
