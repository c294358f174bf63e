// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policies: the lines of the text, and their fields
 */
#include <linux/errno.h>
#include <linux/sched.h>

#include "policy/lines.h"

#define PAUSE_BYTES	4096	/* read without letting others run */
#define PAUSE_LINES	64	/* the same of short ones */

/**
 * rivet_policy_lines_fail() - note an error on the current line
 * @lines: the reader
 * @where: the byte at which it is
 * @expected: a text that names the valid values
 *
 * Return: -EBADMSG.
 */
int rivet_policy_lines_fail(const struct rivet_policy_lines *lines, const char *where,
			    const char *expected)
{
	const char *end = lines->rest.ptr;

	rivet_parse_fail(lines->err, lines->number, where - lines->start + 1, expected);
	if (where < end)
		rivet_parse_found(lines->err,
				  (struct rivet_slice){ .ptr = where, .len = end - where });
	return -EBADMSG;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Control characters, including C1 (U+0080 to U+009F), could make a displayed policy
 * differ from its meaning.
 */
static bool is_printable(struct rivet_slice line, size_t pos)
{
	u8 byte = line.ptr[pos];

	if (byte == 0xc2 && pos + 1 < line.len)
		return (u8)line.ptr[pos + 1] >= 0xa0;
	return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/* Returns at most PAUSE_BYTES from the start of a line, without splitting a character. */
static struct rivet_slice first_piece(struct rivet_slice line)
{
	struct rivet_slice piece = { .ptr = line.ptr,
				     .len = line.len < PAUSE_BYTES ? line.len : PAUSE_BYTES };
	unsigned int i;

	for (i = 0; i < 3 && piece.len < line.len && ((u8)line.ptr[piece.len] & 0xc0) == 0x80; i++)
		piece.len--;
	return piece;
}

static int check_piece(const struct rivet_policy_lines *lines, struct rivet_slice piece)
{
	size_t bad;

	if (!rivet_parse_utf8_valid(piece.ptr, piece.len, &bad))
		return rivet_policy_lines_fail(lines, piece.ptr + bad, "valid UTF-8");
	for (bad = 0; bad < piece.len; bad++)
		if (!is_printable(piece, bad))
			return rivet_policy_lines_fail(lines, piece.ptr + bad, "printable characters");
	return 0;
}

/* Checks that the current line is printable UTF-8. */
static int check_line(const struct rivet_policy_lines *lines)
{
	struct rivet_slice rest = lines->line, piece;
	int ret = 0;

	while (!ret && rest.len) {
		piece = first_piece(rest);
		ret = check_piece(lines, piece);
		rest.ptr += piece.len;
		rest.len -= piece.len;
		if (rest.len)
			cond_resched();
	}
	return ret;
}

/**
 * rivet_policy_lines_next() - go on to the next line
 * @lines: the reader
 *
 * Context: may sleep.
 * Return: 1; 0 at the end of the text; -EBADMSG for a line that is not printable UTF-8, or
 * does not end.
 */
int rivet_policy_lines_next(struct rivet_policy_lines *lines)
{
	int ret;

	if (!lines->rest.len)
		return 0;
	if (!(++lines->number % PAUSE_LINES))
		cond_resched();
	lines->start = lines->rest.ptr;
	if (!rivet_slice_take_until(&lines->rest, '\n', &lines->line))
		return rivet_policy_lines_fail(lines, lines->start + lines->rest.len,
					       RIVET_POLICY_LINE_END);
	ret = check_line(lines);
	return ret ? ret : 1;
}

/**
 * rivet_policy_lines_field() - take the next field of the line
 * @lines: the reader
 *
 * Return: the bytes up to the next blank; empty at the end of the line or at a comment.
 */
struct rivet_slice rivet_policy_lines_field(struct rivet_policy_lines *lines)
{
	struct rivet_slice *line = &lines->line;
	struct rivet_slice field;

	while (line->len && is_blank(line->ptr[0])) {
		line->ptr++;
		line->len--;
	}
	field = (struct rivet_slice){ .ptr = line->ptr };
	if (line->len && line->ptr[0] == '#')
		return field;
	while (field.len < line->len && !is_blank(line->ptr[field.len]))
		field.len++;
	line->ptr += field.len;
	line->len -= field.len;
	return field;
}

/**
 * rivet_policy_lines_end() - expect the end of the line
 * @lines: the reader
 * @expected: the text of the error, if something follows
 *
 * Return: 0 or -EBADMSG.
 */
int rivet_policy_lines_end(struct rivet_policy_lines *lines, const char *expected)
{
	struct rivet_slice field = rivet_policy_lines_field(lines);

	return field.len ? rivet_policy_lines_fail(lines, field.ptr, expected) : 0;
}
