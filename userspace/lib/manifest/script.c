// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the first line of a script, as the kernel reads it
 *
 * The same steps as load_script() in the kernel's fs/binfmt_script.c: a blank, a tab or a
 * NUL ends the name, quotes mean nothing, and a name that may be cut off is refused.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "lib/manifest/script.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte from @first to @last that is not blank; NULL if there is none. */
static const char *skip_blanks(const char *first, const char *last)
{
	while (first <= last && is_blank(*first))
		first++;
	return first <= last ? first : NULL;
}

static const char *find_end_of_word(const char *first, const char *last)
{
	for (; first <= last; first++) {
		if (is_blank(*first) || !*first)
			return first;
	}
	return NULL;
}

/* The line feed, but not behind a NUL; without one, the end of the bytes that the kernel reads. */
static const char *find_end_of_line(const char *head)
{
	const char *last = head + SCRIPT_HEAD - 1, *name;
	size_t len = strcspn(head, "\n");

	if (len < SCRIPT_HEAD && head[len] == '\n')
		return head + len;
	name = skip_blanks(head + 2, last);
	return name && find_end_of_word(name, last) ? last : NULL;
}

static void copy(char *to, const char *from, const char *end)
{
	size_t len = strnlen(from, end - from);

	memcpy(to, from, len);
	to[len] = '\0';
}

/**
 * script_parse() - find the interpreter that the kernel would start for a file
 * @head: the first bytes of the file, and zeros behind its end
 * @out: the interpreter
 *
 * Return: false if the kernel would start none.
 */
bool script_parse(const char head[SCRIPT_HEAD], struct script *out)
{
	const char *end, *name, *sep, *arg;
	char text[SCRIPT_HEAD + 1];

	memcpy(text, head, SCRIPT_HEAD);
	text[SCRIPT_HEAD] = '\0';
	if (memcmp(text, "#!", 2))
		return false;
	end = find_end_of_line(text);
	if (!end)
		return false;
	while (is_blank(end[-1]))
		end--;
	name = skip_blanks(text + 2, end);
	if (!name || name == end)
		return false;
	sep = find_end_of_word(name, end);
	arg = sep && *sep && sep < end ? skip_blanks(sep, end) : NULL;
	copy(out->name, name, arg ? sep : end);
	copy(out->arg, arg ? arg : end, end);
	return *out->name;
}

/**
 * script_read() - as script_parse(), for an open file
 * @fd: the file, open for reading; its position does not matter
 * @out: the interpreter
 *
 * Return: false if the kernel would start none.
 */
bool script_read(int fd, struct script *out)
{
	char head[SCRIPT_HEAD] = { 0 };

	return pread(fd, head, sizeof(head), 0) > 2 && script_parse(head, out);
}
