// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - manifests: making one from a list of files, and showing parts of one
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/manifest/manifest.h"
#include "object/split.h"

#define FIRST_ROOM 256

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot build the manifest: out of memory");
}

static bool make_room(struct manifest_list *list)
{
	size_t size = list->size ? 2 * list->size : FIRST_ROOM;
	struct manifest_item *items;

	if (list->count < list->size)
		return true;
	items = reallocarray(list->items, size, sizeof(*items));
	if (!items)
		return false;
	list->items = items;
	list->size = size;
	return true;
}

static char *escape_path(const char *path)
{
	size_t len = strlen(path), size = 2 * len + 1;
	char *text = malloc(size);

	if (text)
		rivet_path_escape(path, len, text, size);
	return text;
}

/**
 * manifest_add() - add an entry
 * @list: the list; free with manifest_free()
 * @item: the entry, its path not set
 * @path: unescaped bytes of its path, or MANIFEST_ANY_PATH; empty for a digest
 * alone
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory runs out.
 */
int manifest_add(struct manifest_list *list, const struct manifest_item *item, const char *path,
		 struct err *err)
{
	struct manifest_item *new;

	if (!make_room(list))
		return no_memory(err);
	new = &list->items[list->count];
	*new = *item;
	new->path = escape_path(path);
	if (!new->path)
		return no_memory(err);
	list->count++;
	return EXIT_OK;
}

/**
 * manifest_free() - release all entries
 * @list: empty afterwards
 */
void manifest_free(struct manifest_list *list)
{
	while (list->count)
		free(list->items[--list->count].path);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

static int compare_items(const void *a, const void *b)
{
	const struct manifest_item *x = a, *y = b;
	struct rivet_slice x_path = { .ptr = x->path, .len = strlen(x->path) };
	struct rivet_slice y_path = { .ptr = y->path, .len = strlen(y->path) };
	int order = rivet_path_compare(x_path, y_path);

	return order ? order : rivet_digest_compare(&x->digest, &y->digest);
}

/* Entries added twice are written once, with the uses of both. */
static void merge_equal(struct manifest_list *list)
{
	struct manifest_item *last = NULL, *item;
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		item = &list->items[i];
		if (last && !compare_items(last, item)) {
			last->uses |= item->uses;
			free(item->path);
			continue;
		}
		last = &list->items[kept++];
		*last = *item;
	}
	list->count = kept;
}

/**
 * manifest_kind_name() - a kind of manifest, for people
 * @kind: which
 *
 * Return: a static text.
 */
const char *manifest_kind_name(enum rivet_manifest_kind kind)
{
	static const char * const names[] = {
		[RIVET_MANIFEST_SET] = "set",
		[RIVET_MANIFEST_REVOKE] = "revocation",
		[RIVET_MANIFEST_RELEASE] = "release",
	};

	return names[kind];
}

/**
 * manifest_kind_word() - a kind of manifest, as the header kind: has it
 * @kind: which
 *
 * Return: a static text; "set" for a set, which has no such header.
 */
const char *manifest_kind_word(enum rivet_manifest_kind kind)
{
	return kind == RIVET_MANIFEST_REVOKE ? "revoke" : manifest_kind_name(kind);
}

static void put_header(struct buffer *out, const char *key, const char *value)
{
	if (!value)
		return;
	buffer_add_text(out, key);
	buffer_add_text(out, ": ");
	buffer_add_text(out, value);
	buffer_add_text(out, "\n");
}

static void put_headers(struct buffer *out, const struct manifest_headers *headers, size_t count)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", count);
	buffer_add_text(out, "riv-manifest 1\n");
	put_header(out, "name", headers->name);
	if (headers->kind != RIVET_MANIFEST_SET)
		put_header(out, "kind", manifest_kind_word(headers->kind));
	put_header(out, "version", headers->version);
	put_header(out, "replaces", headers->replaces);
	put_header(out, "issued", headers->issued);
	put_header(out, "valid-until", headers->valid_until);
	put_header(out, "count", number);
}

static void put_file(struct buffer *out, const struct manifest_item *item)
{
	char uses[MANIFEST_USES_MAX], middle[MANIFEST_USES_MAX + 32];

	rivet_name_uses_format(item->uses, uses, sizeof(uses));
	snprintf(middle, sizeof(middle), " %llu %s ", (unsigned long long)item->size, uses);
	buffer_add_text(out, middle);
	buffer_add_text(out, item->path);
}

static void put_item(struct buffer *out, const struct manifest_item *item)
{
	char digest[RIVET_DIGEST_TEXT_MAX];

	rivet_digest_format(&item->digest, digest, sizeof(digest));
	buffer_add_text(out, digest);
	if (item->path[0])
		put_file(out, item);
	buffer_add_text(out, "\n");
}

/* The kernel's own parser has the last word. */
static int parse_all(const struct buffer *text, struct rivet_parse_error *perr)
{
	struct rivet_manifest_entry entry;
	struct rivet_manifest m;
	int ret = rivet_manifest_open(&m, text->data, text->len, perr);

	if (ret)
		return ret;
	do
		ret = rivet_manifest_next(&m, &entry, perr);
	while (ret > 0);
	return ret;
}

/* The header whose value contains a newline, NULL if there is none. */
static const char *find_two_lines(const struct manifest_headers *headers)
{
	if (strchr(headers->name, '\n'))
		return "name";
	if (strchr(headers->version, '\n'))
		return "version";
	if (headers->replaces && strchr(headers->replaces, '\n'))
		return "replaces";
	if (headers->issued && strchr(headers->issued, '\n'))
		return "issued";
	if (headers->valid_until && strchr(headers->valid_until, '\n'))
		return "valid-until";
	return NULL;
}

/**
 * manifest_check_headers() - check the headers as the kernel does
 * @headers: as typed
 * @err: filled on error
 *
 * Called before the measuring, which can take hours.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int manifest_check_headers(const struct manifest_headers *headers, struct err *err)
{
	static const char * const names[] = {
		"", "", "name", "version", "replaces", "issued", "valid-until",
	};
	const char *two_lines = find_two_lines(headers);
	struct rivet_parse_error perr = { 0 };
	struct buffer text = { 0 };
	u32 line;
	int ret;

	if (two_lines)
		return err_set(err, EXIT_USAGE, NULL, "wrong %s: more than one line", two_lines);
	put_headers(&text, headers, 0);
	if (text.failed)
		return no_memory(err);
	ret = parse_all(&text, &perr);
	buffer_free(&text);
	if (!ret)
		return EXIT_OK;
	/* A line kind: moves all lines after it one down; a missing replaces: or issued: one up. */
	line = perr.line - (headers->kind != RIVET_MANIFEST_SET && perr.line > 3);
	line += line >= 4 && !headers->replaces;
	line += line >= 5 && !headers->issued;
	return err_set(err, EXIT_USAGE, NULL, "wrong %s: expected %s",
		       line < 7 ? names[line] : "header", perr.expected);
}

static int check_text(const struct buffer *text, struct err *err)
{
	struct rivet_parse_error perr = { 0 };

	if (!parse_all(text, &perr))
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL,
		       "cannot build the manifest: line %u, column %u would not be %s",
		       perr.line, perr.column, perr.expected);
}

/*
 * FNV-1a of the path, so that a path is in the same part of every version; of the digest where
 * all have the same path.
 */
static bool is_in_part(const struct manifest_item *item, const struct manifest_part *part)
{
	const bool any = !strcmp(item->path, MANIFEST_ANY_PATH);
	const u8 *bytes = any ? item->digest.bytes : (const u8 *)item->path;
	size_t len = any ? sizeof(item->digest.bytes) : strlen(item->path);
	u64 hash = 0xcbf29ce484222325ULL;

	if (!part)
		return true;
	while (len--)
		hash = (hash ^ *bytes++) * 0x100000001b3ULL;
	return (u32)(hash >> 32) % part->count == part->number - 1;
}

static size_t count_part(const struct manifest_list *list, const struct manifest_part *part)
{
	size_t i, count = 0;

	for (i = 0; i < list->count; i++)
		count += is_in_part(&list->items[i], part);
	return count;
}

/* Some more parts than the bytes need, since they are not of one size and later versions grow */
static int refuse_size(const struct buffer *out, size_t count, const struct manifest_part *part,
		       struct err *err)
{
	size_t parts = out->len / (RIVET_MANIFEST_MAX / 4 * 3) + 1;
	char next[64];

	snprintf(next, sizeof(next), "divide it into sets: --parts %zu",
		 parts * (part ? part->count : 1));
	return err_set(err, EXIT_CONFIG, next,
		       "cannot build the manifest: %zu entries take %zu MiB, and a set has at most %u MiB",
		       count, out->len >> 20, (unsigned int)(RIVET_MANIFEST_MAX >> 20));
}

/**
 * manifest_write() - write the canonical text
 * @headers: checked
 * @list: the entries; sorted, with equal ones merged
 * @part: the entries to write; NULL for all
 * @out: the text; free with buffer_free()
 * @err: filled on error
 *
 * Return: EXIT_OK, EXIT_CONFIG if the text is larger than the kernel takes, or EXIT_OTHER.
 */
int manifest_write(const struct manifest_headers *headers, struct manifest_list *list,
		   const struct manifest_part *part, struct buffer *out, struct err *err)
{
	size_t i, count;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_items);
	merge_equal(list);
	count = count_part(list, part);
	put_headers(out, headers, count);
	for (i = 0; i < list->count; i++)
		if (is_in_part(&list->items[i], part))
			put_item(out, &list->items[i]);
	if (out->failed)
		return no_memory(err);
	if (out->len > RIVET_MANIFEST_MAX)
		return refuse_size(out, count, part, err);
	return check_text(out, err);
}

/**
 * manifest_time() - format a time as in manifests
 * @seconds: since 1970
 * @buf: destination
 *
 * Return: @buf.
 */
const char *manifest_time(s64 seconds, char buf[MANIFEST_TIME_MAX])
{
	time_t time = seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) || !strftime(buf, MANIFEST_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(buf, MANIFEST_TIME_MAX, "%lld", (long long)seconds);
	return buf;
}

/**
 * manifest_shown_path() - an entry's path, escaped for a terminal
 * @path: as it stands in the manifest
 * @buf: destination
 *
 * Return: @buf.
 */
const char *manifest_shown_path(struct rivet_slice path, char buf[MANIFEST_SHOWN_PATH_MAX])
{
	char real[RIVET_PATH_MAX];
	ssize_t len = rivet_path_unescape(path, real, sizeof(real));

	rivet_name_escape(real, len < 0 ? 0 : len, buf, MANIFEST_SHOWN_PATH_MAX);
	return buf;
}
