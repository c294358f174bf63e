// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the kernel's list of loaded sets
 */
#include <string.h>

#include "lib/kernel/secfs.h"
#include "loaded_sets.h"

static bool take_number(struct rivet_slice *line, u64 *out)
{
	struct rivet_slice word;

	return text_next_word(line, &word) && !rivet_parse_u64(word.ptr, word.len, out);
}

static bool take_attribute(struct rivet_slice word, struct rivet_slice *line,
			   struct loaded_set *out)
{
	if (rivet_slice_equal(word, "version"))
		return take_number(line, &out->version);
	if (rivet_slice_equal(word, "values"))
		return take_number(line, &out->values);
	if (rivet_slice_equal(word, "bytes"))
		return take_number(line, &out->bytes);
	if (rivet_slice_equal(word, "expires"))
		return text_next_word(line, &out->expires);
	if (rivet_slice_equal(word, "expired"))
		out->expired = true;
	if (rivet_slice_equal(word, "revoked"))
		out->revoked = true;
	return true;
}

/**
 * loaded_set_parse() - parse a line of the kernel's list
 * @line: the line
 * @out: the parsed line; points into @line
 *
 * Return: true; false for any other line. Words that a newer kernel adds are
 * skipped.
 */
bool loaded_set_parse(struct rivet_slice line, struct loaded_set *out)
{
	struct rivet_slice word;

	memset(out, 0, sizeof(*out));
	if (!text_next_word(&line, &out->kind) || !text_next_word(&line, &out->name))
		return false;
	while (text_next_word(&line, &word)) {
		if (!take_attribute(word, &line, out))
			return false;
	}
	return true;
}

/**
 * loaded_set_counts() - does the module have this version of a set, and does it use it?
 * @name: name of the set
 * @version: its version
 *
 * Return: true; false also if it has expired, its signer is revoked, or the list cannot be read.
 */
bool loaded_set_counts(struct rivet_slice name, u64 version)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct loaded_set set;
	struct err unused;
	bool found = false;

	secfs_read("riv", &text, &unused);
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!found && text_next_line(&rest, &line))
		found = loaded_set_parse(line, &set) && rivet_slice_equal(set.kind, "set") &&
			rivet_slice_same(set.name, name) && set.version == version &&
			!set.revoked && !set.expired;
	buffer_free(&text);
	return found;
}

/**
 * loaded_set_print() - print a set as one line
 * @set: the set
 */
void loaded_set_print(const struct loaded_set *set)
{
	printf("%-6.*s %-24.*s version %-6llu %8llu values %10llu bytes", (int)set->kind.len,
	       set->kind.ptr, (int)set->name.len, set->name.ptr,
	       (unsigned long long)set->version, (unsigned long long)set->values,
	       (unsigned long long)set->bytes);
	if (set->expired)
		printf("  expired %.*s", (int)set->expires.len, set->expires.ptr);
	else if (set->expires.len)
		printf("  valid until %.*s", (int)set->expires.len, set->expires.ptr);
	puts(set->revoked ? "  signer revoked" : "");
}

/**
 * loaded_set_json() - write a set's members into an open object
 * @json: the writer
 * @set: the set
 */
void loaded_set_json(struct json *json, const struct loaded_set *set)
{
	json_bytes(json, "kind", set->kind.ptr, set->kind.len);
	json_bytes(json, "name", set->name.ptr, set->name.len);
	json_u64(json, "version", set->version);
	json_u64(json, "values", set->values);
	json_u64(json, "bytes", set->bytes);
	if (set->expires.len)
		json_bytes(json, "valid_until", set->expires.ptr, set->expires.len);
	json_bool(json, "expired", set->expired);
	json_bool(json, "revoked", set->revoked);
}
