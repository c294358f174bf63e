// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the files of the module that have lines "NAME: VALUE"
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/manifest/manifest.h"
#include "values.h"

/**
 * values_next() - take the next line as a name and a value
 * @text: the text; advanced behind the line
 * @name: its name
 * @value: its value
 *
 * Return: false at the end of the text.
 */
bool values_next(struct rivet_slice *text, struct rivet_slice *name, struct rivet_slice *value)
{
	struct rivet_slice line;

	while (text_next_line(text, &line)) {
		if (!rivet_slice_take_until(&line, ':', name))
			continue;
		rivet_slice_take_prefix(&line, " ");
		*value = line;
		return true;
	}
	return false;
}

/**
 * values_find() - find a value
 * @text: the text
 * @wanted: its name
 *
 * Return: the value; "" if there is none of that name, as in the file of an older module.
 */
struct rivet_slice values_find(struct rivet_slice text, const char *wanted)
{
	struct rivet_slice name, value;

	while (values_next(&text, &name, &value)) {
		if (rivet_slice_equal(name, wanted))
			return value;
	}
	return (struct rivet_slice){ .ptr = "" };
}

/**
 * values_number() - find a value that is a number
 * @text: the text
 * @wanted: its name
 *
 * Return: the number; 0 if there is none.
 */
uint64_t values_number(struct rivet_slice text, const char *wanted)
{
	struct rivet_slice value = values_find(text, wanted);
	u64 number;

	return rivet_parse_u64(value.ptr, value.len, &number) ? 0 : number;
}

/**
 * values_is() - compare a value with a word
 * @text: the text
 * @wanted: the name of the value
 * @word: the word
 *
 * Return: true if they are equal.
 */
bool values_is(struct rivet_slice text, const char *wanted, const char *word)
{
	return rivet_slice_equal(values_find(text, wanted), word);
}

/**
 * values_json_word() - write a value as a string
 * @json: the writer
 * @key: name of the member; NULL in an array
 * @value: the value
 */
void values_json_word(struct json *json, const char *key, struct rivet_slice value)
{
	char *copy = text_dup(value);

	json_text(json, key, copy);
	free(copy);
}

/**
 * values_json_time() - write a time
 * @json: the writer
 * @key: name of the member
 * @seconds: seconds since 1970; nothing is written for 0
 */
void values_json_time(struct json *json, const char *key, uint64_t seconds)
{
	char text[MANIFEST_TIME_MAX];

	if (!seconds)
		return;
	manifest_time(seconds, text);
	json_text(json, key, text);
}
