// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - configuration files: lines of key = value
 *
 * "#" begins a comment. Blanks and tabs round the key and the value do not count. An unknown
 * line is an error: a mistyped key must not go unnoticed.
 */
#include "lib/base/keyed.h"
#include "lib/base/text.h"

/**
 * keyed_split() - split a line
 * @line: the line
 * @key: its key; its ptr is NULL for a line that is empty or a comment
 * @value: its value
 *
 * Return: NULL, or a description of the expected text.
 */
const char *keyed_split(struct rivet_slice line, struct rivet_slice *key,
			struct rivet_slice *value)
{
	*key = (struct rivet_slice){ .ptr = NULL };
	line = text_trim(line);
	if (!line.len || *line.ptr == '#')
		return NULL;
	if (!rivet_slice_take_until(&line, '=', key))
		return "key = value";
	*key = text_trim(*key);
	*value = text_trim(line);
	return NULL;
}

/**
 * keyed_parse() - read a configuration
 * @text: the text
 * @path: name of the file for errors
 * @take: takes a key and its value; returns NULL, or a description of the expected text
 * @arg: for @take
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_CONFIG at the first line at fault.
 */
int keyed_parse(struct rivet_slice text, const char *path,
		const char *(*take)(struct rivet_slice key, struct rivet_slice value, void *arg),
		void *arg, struct err *err)
{
	struct rivet_slice line, key, value;
	unsigned int number = 0;
	const char *expected;

	while (text_next_line(&text, &line)) {
		number++;
		expected = keyed_split(line, &key, &value);
		if (!expected && key.ptr)
			expected = take(key, value, arg);
		if (expected)
			return err_set(err, EXIT_CONFIG, NULL, "%s:%u: expected %s", err_name(path),
				       number, expected);
	}
	return EXIT_OK;
}
