/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - helpers that all parsers of signed texts share: position, error, numbers
 */
#ifndef _RIVET_TEXT_PARSE_H
#define _RIVET_TEXT_PARSE_H

#include <linux/types.h>

#define RIVET_PARSE_FOUND_MAX	40	/* bytes, the end included */

/**
 * struct rivet_parse_error - position and reason of a refusal
 * @line: line, counted from 1; 0 if the object as a whole is wrong
 * @column: byte column, counted from 1; 0 if the line as a whole is wrong
 * @expected: the expected text at that position, a static string
 * @found: ", not WORD" for the end of a sentence with @expected, terminated; empty if no word
 *	is at that position, or none is known
 */
struct rivet_parse_error {
	u32 line;
	u32 column;
	const char *expected;
	char found[RIVET_PARSE_FOUND_MAX];
};

/**
 * struct rivet_slice - a run of bytes inside a text that outlives it
 * @ptr: first byte; not terminated
 * @len: bytes
 */
struct rivet_slice {
	const char *ptr;
	size_t len;
};

bool rivet_parse_utf8_valid(const char *text, size_t len, size_t *bad);
int rivet_parse_u64(const char *text, size_t len, u64 *out);
int rivet_parse_version3(const char *text, size_t len, u64 *out);
int rivet_parse_time(const char *text, size_t len, s64 *out);
int rivet_parse_hex(const char *text, size_t len, u8 *out, size_t size);
int rivet_parse_fail(struct rivet_parse_error *err, u32 line, u32 column, const char *expected);
void rivet_parse_found(struct rivet_parse_error *err, struct rivet_slice rest);
bool rivet_slice_equal(struct rivet_slice slice, const char *word);
bool rivet_slice_same(struct rivet_slice a, struct rivet_slice b);
bool rivet_slice_take_until(struct rivet_slice *rest, char stop, struct rivet_slice *out);
bool rivet_slice_take_prefix(struct rivet_slice *rest, const char *prefix);

#endif /* _RIVET_TEXT_PARSE_H */
