// SPDX-License-Identifier: GPL-2.0
/*
 * jsonlines - is every line of standard input one JSON object, in UTF-8?
 *
 * A reader of its own, strict as RFC 8259 is, so that no code under test judges
 * itself. Prints how many lines there were.
 */
#include <stdbool.h>

#include "helper.h"

#define USAGE	"jsonlines [SCHEMA-PREFIX] <LINES"
#define DEPTH	32

static bool take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool is_continued(const char *p, int count)
{
	while (count--)
		if ((*++p & 0xc0) != 0x80)
			return false;
	return true;
}

/* Length of the UTF-8 character, 0 if it is none: too long, a surrogate, or past U+10FFFF */
static int utf8_length(const char *p)
{
	unsigned char a = p[0], b = a < 0x80 ? 0 : p[1];

	if (a < 0x80)
		return 1;
	if (a >= 0xc2 && a <= 0xdf && is_continued(p, 1))
		return 2;
	if ((a & 0xf0) == 0xe0 && is_continued(p, 2) && !(a == 0xe0 && b < 0xa0) &&
	    !(a == 0xed && b >= 0xa0))
		return 3;
	if (a >= 0xf0 && a <= 0xf4 && is_continued(p, 3) && !(a == 0xf0 && b < 0x90) &&
	    !(a == 0xf4 && b >= 0x90))
		return 4;
	return 0;
}

static bool escape(const char **p)
{
	if (take(p, 'u')) {
		if (strspn(*p, "0123456789abcdefABCDEF") < 4)
			return false;
		*p += 4;
		return true;
	}
	if (!**p || !strchr("\"\\/bfnrt", **p))
		return false;
	(*p)++;
	return true;
}

static bool string(const char **p)
{
	int len;

	if (!take(p, '"'))
		return false;
	while (**p && **p != '"') {
		if (take(p, '\\')) {
			if (!escape(p))
				return false;
			continue;
		}
		len = (unsigned char)**p < 0x20 ? 0 : utf8_length(*p);
		if (!len)
			return false;
		*p += len;
	}
	return take(p, '"');
}

static bool number(const char **p)
{
	take(p, '-');
	if (!take(p, '0')) {
		if (!strspn(*p, "123456789"))
			return false;
		*p += strspn(*p, "0123456789");
	}
	return true;
}

static bool word(const char **p, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*p, text, len))
		return false;
	*p += len;
	return true;
}

static bool value(const char **p, int depth);

static bool list(const char **p, char end, int depth)
{
	if (take(p, end))
		return true;
	do {
		if (end == '}' && (!string(p) || !take(p, ':')))
			return false;
		if (!value(p, depth + 1))
			return false;
	} while (take(p, ','));
	return take(p, end);
}

static bool value(const char **p, int depth)
{
	if (depth > DEPTH)
		return false;
	if (take(p, '{'))
		return list(p, '}', depth);
	if (take(p, '['))
		return list(p, ']', depth);
	if (**p == '"')
		return string(p);
	return word(p, "true") || word(p, "false") || word(p, "null") || number(p);
}

static bool is_good(const char *line, size_t len, const char *schema)
{
	const char *p = line;
	char begin[256];

	snprintf(begin, sizeof(begin), "{\"schema\":\"%s", schema);
	return strlen(line) == len && !strncmp(line, begin, strlen(begin)) &&
	       value(&p, 0) && *p == '\n' && !p[1];
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	int count = 0;
	ssize_t len;

	if (argc > 2)
		usage(USAGE);
	while ((len = getline(&line, &size, stdin)) > 0) {
		count++;
		if (is_good(line, len, argc > 1 ? argv[1] : ""))
			continue;
		fprintf(stderr, "line %d is no good: %s\n", count, line);
		return 1;
	}
	printf("%d\n", count);
	return !count;
}
