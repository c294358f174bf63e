/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - rules that are legal, and yet likely a mistake, each looked at alone
 */
#ifndef RIVET_LINT_RULE_H
#define RIVET_LINT_RULE_H

#include "lib/object/lint.h"

void lint_warn(struct lint_sink *sink, u32 line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void lint_kill(u32 line, u8 op, u8 action, struct lint_sink *sink);
void lint_rule(const struct rivet_rule *rule, struct lint_sink *sink);

#endif /* RIVET_LINT_RULE_H */
