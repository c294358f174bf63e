/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policies: the lines of the text, and their fields
 */
#ifndef _RIVET_POLICY_LINES_H
#define _RIVET_POLICY_LINES_H

#include "text/parse.h"

#define RIVET_POLICY_LINE_END	"the end of the line"

/**
 * struct rivet_policy_lines - a text that is read line by line
 * @rest: unread text after the current line
 * @line: unread part of the current line
 * @start: first byte of the current line
 * @number: number of the current line
 * @err: position and reason of an error; may be NULL
 */
struct rivet_policy_lines {
	struct rivet_slice rest;
	struct rivet_slice line;
	const char *start;
	u32 number;
	struct rivet_parse_error *err;
};

int rivet_policy_lines_next(struct rivet_policy_lines *lines);
struct rivet_slice rivet_policy_lines_field(struct rivet_policy_lines *lines);
int rivet_policy_lines_end(struct rivet_policy_lines *lines, const char *expected);
int rivet_policy_lines_fail(const struct rivet_policy_lines *lines, const char *where,
			    const char *expected);

#endif /* _RIVET_POLICY_LINES_H */
