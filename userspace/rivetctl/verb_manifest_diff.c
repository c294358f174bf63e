// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest diff - the differences between two manifests
 *
 * Exit status as diff(1): 0 for no difference, 1 for some.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/manifest.h"
#include "lib/object/object.h"
#include "verbs.h"

#define EXIT_DIFFERENT 1

/**
 * struct side - one of the two manifests
 * @file: its file
 * @headers: its headers
 * @entries: all entries, in order
 * @pos: first entry not compared yet
 * @group: entries from @pos that have the same path
 */
struct side {
	struct object_file file;
	struct rivet_manifest headers;
	struct rivet_manifest_entry *entries;
	size_t pos;
	size_t group;
};

/**
 * struct diff - a comparison in progress
 * @sides: old and new
 * @as_json: differences go to @json, not out as text
 * @json: the writer
 * @added: number of paths that only the new one has
 * @removed: number of paths that only the old one has
 * @changed: number of paths whose entries differ
 * @headers: number of headers that differ
 */
struct diff {
	struct side sides[2];
	bool as_json;
	struct json json;
	size_t added;
	size_t removed;
	size_t changed;
	size_t headers;
};

static int read_entries(struct side *side, struct err *err)
{
	struct rivet_manifest manifest = side->headers;
	size_t i = 0;
	int ret;

	side->entries = calloc((size_t)manifest.count + 1, sizeof(*side->entries));
	if (!side->entries)
		return err_set(err, EXIT_OTHER, NULL, "cannot compare: out of memory");
	do
		ret = object_next_entry(&side->file, &manifest, &side->entries[i++], err);
	while (!ret);
	return ret == EXIT_NOTHING ? EXIT_OK : ret;
}

static int open_side(struct side *side, const char *path, struct err *err)
{
	int ret = object_open(&side->file, path, RIVET_OBJECT_MANIFEST, err);

	if (!ret)
		ret = object_read_manifest(&side->file, &side->headers, err);
	if (!ret)
		ret = read_entries(side, err);
	return ret;
}

static void close_side(struct side *side)
{
	free(side->entries);
	object_close(&side->file);
}

static void report_header(struct diff *diff, const char *name, const char *old, const char *new)
{
	diff->headers++;
	if (!diff->as_json) {
		printf("%s: %s -> %s\n", name, *old ? old : "none", *new ? new : "none");
		return;
	}
	json_object(&diff->json, NULL);
	json_text(&diff->json, "change", "header");
	json_text(&diff->json, "header", name);
	json_text(&diff->json, "old", old);
	json_text(&diff->json, "new", new);
	json_close(&diff->json);
}

static void compare_words(struct diff *diff, const char *name, struct rivet_slice old,
			  struct rivet_slice new)
{
	char old_text[RIVET_NAME_MAX + 1], new_text[RIVET_NAME_MAX + 1];

	if (rivet_slice_same(old, new))
		return;
	snprintf(old_text, sizeof(old_text), "%.*s", (int)old.len, old.ptr);
	snprintf(new_text, sizeof(new_text), "%.*s", (int)new.len, new.ptr);
	report_header(diff, name, old_text, new_text);
}

static void compare_versions(struct diff *diff, u64 old, u64 new)
{
	char old_text[24], new_text[24];

	if (old == new)
		return;
	snprintf(old_text, sizeof(old_text), "%llu", (unsigned long long)old);
	snprintf(new_text, sizeof(new_text), "%llu", (unsigned long long)new);
	report_header(diff, "version", old_text, new_text);
}

static void compare_times(struct diff *diff, s64 old, s64 new)
{
	char old_text[MANIFEST_TIME_MAX] = "", new_text[MANIFEST_TIME_MAX] = "";

	if (old == new)
		return;
	if (old)
		manifest_time(old, old_text);
	if (new)
		manifest_time(new, new_text);
	report_header(diff, "valid-until", old_text, new_text);
}

static void compare_headers(struct diff *diff)
{
	const struct rivet_manifest *old = &diff->sides[0].headers;
	const struct rivet_manifest *new = &diff->sides[1].headers;

	compare_words(diff, "name", old->name, new->name);
	if (old->kind != new->kind)
		report_header(diff, "kind", manifest_kind_word(old->kind),
			      manifest_kind_word(new->kind));
	compare_versions(diff, old->version, new->version);
	compare_words(diff, "replaces", old->replaces, new->replaces);
	compare_times(diff, old->valid_until, new->valid_until);
}

static bool at_end(const struct side *side)
{
	return side->pos == side->headers.count;
}

static const struct rivet_manifest_entry *current(const struct side *side)
{
	return &side->entries[side->pos];
}

/* Entries of one path belong together; entries without a path, in a revocation, do not. */
static void find_group(struct side *side)
{
	size_t end = side->pos + 1;

	while (current(side)->path.len && end < side->headers.count &&
	       rivet_slice_same(current(side)->path, side->entries[end].path))
		end++;
	side->group = end - side->pos;
}

/* Tells which side has the next path, as memcmp(); 0 if both have it. */
static int compare_current(const struct diff *diff)
{
	const struct side *old = &diff->sides[0], *new = &diff->sides[1];
	int order;

	if (at_end(old) || at_end(new))
		return at_end(old) - at_end(new);
	order = rivet_path_compare(current(old)->path, current(new)->path);
	if (!order && !current(old)->path.len)
		order = rivet_digest_compare(&current(old)->digest, &current(new)->digest);
	return order;
}

static bool groups_have_same_contents(const struct side *old, const struct side *new)
{
	size_t i;

	if (old->group != new->group)
		return false;
	for (i = 0; i < old->group; i++) {
		if (!rivet_digest_equal(&current(old)[i].digest, &current(new)[i].digest) ||
		    current(old)[i].size != current(new)[i].size)
			return false;
	}
	return true;
}

static u32 group_uses(const struct side *side)
{
	u32 uses = 0;
	size_t i;

	for (i = 0; i < side->group; i++)
		uses |= current(side)[i].uses;
	return uses;
}

static bool groups_have_same_uses(const struct side *old, const struct side *new)
{
	size_t i;

	if (old->group != new->group)
		return group_uses(old) == group_uses(new);
	for (i = 0; i < old->group; i++) {
		if (current(old)[i].uses != current(new)[i].uses)
			return false;
	}
	return true;
}

static const char *shown(const struct rivet_manifest_entry *entry, char *buf)
{
	if (entry->path.len)
		return manifest_shown_path(entry->path, buf);
	rivet_digest_format(&entry->digest, buf, MANIFEST_SHOWN_PATH_MAX);
	return buf;
}

static void begin_json_entry(struct json *json, const char *change,
			     const struct rivet_manifest_entry *entry)
{
	char text[RIVET_PATH_MAX];
	ssize_t len;

	json_object(json, NULL);
	json_text(json, "change", change);
	if (entry->path.len) {
		len = rivet_path_unescape(entry->path, text, sizeof(text));
		json_bytes(json, "path", text, len < 0 ? 0 : len);
	} else {
		rivet_digest_format(&entry->digest, text, sizeof(text));
		json_text(json, "digest", text);
	}
}

static void report_single(struct diff *diff, struct side *side, bool is_new)
{
	char text[MANIFEST_SHOWN_PATH_MAX];

	if (is_new)
		diff->added++;
	else
		diff->removed++;
	if (diff->as_json) {
		begin_json_entry(&diff->json, is_new ? "added" : "removed", current(side));
		json_close(&diff->json);
	} else {
		printf("%c %s\n", is_new ? '+' : '-', shown(current(side), text));
	}
}

static void print_change(const struct diff *diff, bool contents, bool uses)
{
	char text[MANIFEST_SHOWN_PATH_MAX], old[MANIFEST_USES_MAX], new[MANIFEST_USES_MAX];

	rivet_name_uses_format(group_uses(&diff->sides[0]), old, sizeof(old));
	rivet_name_uses_format(group_uses(&diff->sides[1]), new, sizeof(new));
	printf("~ %s:%s", shown(current(&diff->sides[0]), text), contents ? " contents" : "");
	if (uses)
		printf("%s uses %s -> %s", contents ? "," : "", old, new);
	putchar('\n');
}

static void report_both(struct diff *diff)
{
	bool contents = !groups_have_same_contents(&diff->sides[0], &diff->sides[1]);
	bool uses = !groups_have_same_uses(&diff->sides[0], &diff->sides[1]);

	if (!contents && !uses)
		return;
	diff->changed++;
	if (!diff->as_json) {
		print_change(diff, contents, uses);
		return;
	}
	begin_json_entry(&diff->json, "changed", current(&diff->sides[0]));
	json_bool(&diff->json, "contents_differ", contents);
	json_bool(&diff->json, "uses_differ", uses);
	json_close(&diff->json);
}

static void compare_entries(struct diff *diff)
{
	struct side *old = &diff->sides[0], *new = &diff->sides[1];
	int order;

	while (!at_end(old) || !at_end(new)) {
		order = compare_current(diff);
		if (!at_end(old))
			find_group(old);
		if (!at_end(new))
			find_group(new);
		if (!order)
			report_both(diff);
		else
			report_single(diff, order < 0 ? old : new, order > 0);
		if (order <= 0)
			old->pos += old->group;
		if (order >= 0)
			new->pos += new->group;
	}
}

static int compare(struct context *ctx, struct diff *diff)
{
	struct json *json = &diff->json;

	diff->as_json = ctx->json;
	if (diff->as_json) {
		verb_json_begin(ctx, json);
		json_array(json, "changes");
	}
	compare_headers(diff);
	compare_entries(diff);
	if (diff->as_json) {
		json_close(json);
		json_u64(json, "added", diff->added);
		json_u64(json, "removed", diff->removed);
		json_u64(json, "changed", diff->changed);
		json_end(json);
	} else if (diff->added || diff->removed || diff->changed) {
		printf("%zu added, %zu removed, %zu changed\n", diff->added, diff->removed,
		       diff->changed);
	}
	return diff->added || diff->removed || diff->changed || diff->headers ? EXIT_DIFFERENT :
										 EXIT_OK;
}

int verb_manifest_diff(struct context *ctx, int argc, char **argv)
{
	struct diff diff = { 0 };
	struct err err = { 0 };
	int ret;

	ret = open_side(&diff.sides[0], argv[0], &err);
	if (!ret)
		ret = open_side(&diff.sides[1], argv[1], &err);
	ret = ret ? err_report(ctx, &err) : compare(ctx, &diff);
	close_side(&diff.sides[0]);
	close_side(&diff.sides[1]);
	return ret;
}
