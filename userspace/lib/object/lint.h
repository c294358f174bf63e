/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - policies that are legal, and yet likely a mistake
 */
#ifndef RIVET_LINT_H
#define RIVET_LINT_H

#include "policy/rules.h"

/**
 * struct lint_sink - receiver of the warnings; to be embedded
 * @warn: called for each; @line is 0 if the warning is about no single line,
 *	@text is valid during the call
 */
struct lint_sink {
	void (*warn)(struct lint_sink *sink, u32 line, const char *text);
};

void lint_policy(const struct rivet_rules *rules, struct lint_sink *sink);
bool lint_only_reports(const struct rivet_rules *rules);

#endif /* RIVET_LINT_H */
