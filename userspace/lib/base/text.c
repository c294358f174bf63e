// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - composing texts; text from outside is escaped
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "text/names.h"

/**
 * text_add() - append a formatted text
 * @out: destination; @out->failed tells in the end whether every append
 * succeeded
 * @fmt: as for printf(); pass bytes from outside through text_add_bytes() instead
 */
void text_add(struct buffer *out, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		buffer_add_text(out, text);
	else
		out->failed = true;
	free(text);
}

/**
 * text_add_bytes() - append bytes from outside, escaped as by rivet_name_escape()
 * @out: destination
 * @bytes: the bytes
 */
void text_add_bytes(struct buffer *out, struct rivet_slice bytes)
{
	size_t size = 4 * bytes.len + 1;
	char *text = malloc(size);

	if (!text) {
		out->failed = true;
		return;
	}
	rivet_name_escape(bytes.ptr, bytes.len, text, size);
	buffer_add_text(out, text);
	free(text);
}

/**
 * text_sum() - get a number that tells texts apart, where nobody makes two of the same
 * @bytes: the text
 *
 * Return: FNV-1a of 64 bits.
 */
uint64_t text_sum(struct rivet_slice bytes)
{
	uint64_t sum = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < bytes.len; i++)
		sum = (sum ^ (unsigned char)bytes.ptr[i]) * 0x100000001b3ULL;
	return sum;
}

/**
 * text_next_line() - take the next line
 * @rest: the unread text; moved past the line
 * @line: the line without its newline
 *
 * Return: false at the end of the text.
 */
bool text_next_line(struct rivet_slice *rest, struct rivet_slice *line)
{
	if (!rest->len)
		return false;
	if (!rivet_slice_take_until(rest, '\n', line)) {
		*line = *rest;
		rest->ptr += rest->len;
		rest->len = 0;
	}
	return true;
}

/**
 * text_next_word() - take the next word of a line
 * @line: the unread line; moved past the word
 * @word: the word; words are separated by blanks
 *
 * Return: false at the end of the line.
 */
bool text_next_word(struct rivet_slice *line, struct rivet_slice *word)
{
	while (line->len && *line->ptr == ' ') {
		line->ptr++;
		line->len--;
	}
	if (!line->len)
		return false;
	if (!rivet_slice_take_until(line, ' ', word)) {
		*word = *line;
		line->ptr += line->len;
		line->len = 0;
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/**
 * text_trim() - leave out the blanks, tabs and carriage returns at both ends
 * @text: the text
 *
 * Return: the part between them.
 */
struct rivet_slice text_trim(struct rivet_slice text)
{
	while (text.len && is_blank(*text.ptr)) {
		text.ptr++;
		text.len--;
	}
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/**
 * text_host() - name of this machine
 * @buf: filled; empty if it has none
 */
void text_host(char buf[TEXT_HOST_MAX])
{
	if (gethostname(buf, TEXT_HOST_MAX))
		*buf = '\0';
	buf[TEXT_HOST_MAX - 1] = '\0';
}

/**
 * text_dup() - a terminated copy
 * @slice: the text to copy
 *
 * Return: a string to free with free(); NULL without memory.
 */
char *text_dup(struct rivet_slice slice)
{
	return strndup(slice.ptr ? slice.ptr : "", slice.len);
}

/**
 * text_join() - two texts, one after the other
 * @first: the first
 * @second: the second
 *
 * Return: a string to free with free(); NULL without memory.
 */
char *text_join(const char *first, const char *second)
{
	char *made;

	return asprintf(&made, "%s%s", first, second) < 0 ? NULL : made;
}
