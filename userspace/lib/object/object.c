// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - texts to be signed: opening files that hold them, checking their form
 */
#include <stdlib.h>
#include <string.h>

#include "lib/object/object.h"
#include "object/unlock.h"

#define MAGIC_LEN (sizeof(RIVET_OBJECT_MAGIC) - 1)

static const char *printed_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

/* Names what an editor of another system leaves in a text, and where no editor shows it. */
static int refuse_form(const struct object_file *file, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const struct buffer *data = &file->data;
	const char *end = data->len ? memchr(data->data, '\n', data->len) : NULL;

	if (data->len >= strlen(mark) && !memcmp(data->data, mark, strlen(mark)))
		return err_set(err, EXIT_INVALID, "remove it: LC_ALL=C sed -i '1s/^...//' FILE",
			       "%s begins with a byte order mark", err_name(file->name));
	if (end && end > data->data && end[-1] == '\r')
		return err_set(err, EXIT_INVALID, "convert it: sed -i 's/\\r$//' FILE",
			       "the lines of %s end with CR and LF", err_name(file->name));
	return EXIT_OK;
}

static int refuse(const struct object_file *file, const struct rivet_parse_error *perr,
		  struct err *err)
{
	const char *name = err_name(file->name);
	int ret = refuse_form(file, err);

	if (ret)
		return ret;
	if (!perr->line)
		return err_set(err, EXIT_INVALID, NULL, "%s: expected %s%s", name,
			       perr->expected, perr->found);
	if (!perr->column)
		return err_set(err, EXIT_INVALID, NULL, "%s:%u: expected %s%s", name,
			       perr->line, perr->expected, perr->found);
	return err_set(err, EXIT_INVALID, NULL, "%s:%u:%u: expected %s%s", name, perr->line,
		       perr->column, perr->expected, perr->found);
}

/**
 * object_kind_name() - a kind of text in words
 * @kind: the kind
 *
 * Return: a static text.
 */
const char *object_kind_name(enum rivet_object_kind kind)
{
	switch (kind) {
	case RIVET_OBJECT_MANIFEST:
		return "manifest";
	case RIVET_OBJECT_POLICY:
		return "policy";
	case RIVET_OBJECT_UNLOCK:
		return "unlock request";
	case RIVET_OBJECT_REJOIN:
		return "rejoin request";
	default:
		return "unknown object";
	}
}

static bool ends_signed(const struct buffer *data)
{
	return data->len >= MAGIC_LEN &&
	       !memcmp(data->data + data->len - MAGIC_LEN, RIVET_OBJECT_MAGIC, MAGIC_LEN);
}

static int split(struct object_file *file, struct err *err)
{
	struct rivet_parse_error perr = { 0 };

	file->is_signed = ends_signed(&file->data);
	if (file->is_signed) {
		if (rivet_object_split(file->data.data, file->data.len, &file->parts, &perr))
			return refuse(file, &perr, err);
		return EXIT_OK;
	}
	file->parts.text = file->data.data;
	file->parts.text_len = file->data.len;
	file->parts.kind = rivet_object_kind(file->parts.text, file->parts.text_len);
	return EXIT_OK;
}

/* A comment or blank line before the policy's first line is left to its parser to report. */
static int check_kind(struct object_file *file, enum rivet_object_kind kind, struct err *err)
{
	enum rivet_object_kind is = file->parts.kind;

	if (kind == RIVET_OBJECT_UNKNOWN || is == kind)
		return EXIT_OK;
	if (is != RIVET_OBJECT_UNKNOWN)
		return err_set(err, EXIT_INVALID, NULL, "%s: expected a %s, this is a %s",
			       err_name(file->name), object_kind_name(kind),
			       object_kind_name(is));
	file->parts.kind = kind;
	return EXIT_OK;
}

/**
 * object_take() - take a text, signed or not, from bytes that were read before
 * @file: filled; release with object_close(), also on error
 * @name: name of the file in errors; outlives @file
 * @data: the bytes; empty afterwards, since @file owns them
 * @kind: the expected kind; RIVET_OBJECT_UNKNOWN for any
 * @err: filled on error
 *
 * Only the first line of the text is read; object_check() reads it all.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int object_take(struct object_file *file, const char *name, struct buffer *data,
		enum rivet_object_kind kind, struct err *err)
{
	int ret;

	memset(file, 0, sizeof(*file));
	file->name = name;
	file->data = *data;
	memset(data, 0, sizeof(*data));
	ret = split(file, err);
	if (!ret)
		ret = check_kind(file, kind, err);
	return ret;
}

/**
 * object_open() - read a file that holds a text, signed or not
 * @file: filled; release with object_close(), also on error
 * @path: the file; "-" for standard input
 * @kind: the expected kind; RIVET_OBJECT_UNKNOWN for any
 * @err: filled on error
 *
 * Only the first line of the text is read; object_check() reads it all.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int object_open(struct object_file *file, const char *path, enum rivet_object_kind kind,
		struct err *err)
{
	struct buffer data;
	int ret;

	memset(file, 0, sizeof(*file));
	ret = file_read(path, OBJECT_FILE_MAX, &data, err);
	if (!ret)
		return object_take(file, printed_name(path), &data, kind, err);
	buffer_free(&data);
	return ret;
}

/**
 * object_close() - release the bytes of object_open()
 * @file: empty afterwards
 */
void object_close(struct object_file *file)
{
	buffer_free(&file->data);
	memset(file, 0, sizeof(*file));
}

/**
 * object_read_manifest() - begin to read a manifest: its headers
 * @file: opened
 * @manifest: filled in; points into @file
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_INVALID with line and column in @err.
 */
int object_read_manifest(const struct object_file *file, struct rivet_manifest *manifest,
			 struct err *err)
{
	struct rivet_parse_error perr = { 0 };

	if (rivet_manifest_open(manifest, file->parts.text, file->parts.text_len, &perr))
		return refuse(file, &perr, err);
	return EXIT_OK;
}

/**
 * object_next_entry() - read a manifest's next entry
 * @file: opened
 * @manifest: begun with object_read_manifest()
 * @entry: filled in; points into @file
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_NOTHING after the last entry; EXIT_INVALID.
 */
int object_next_entry(const struct object_file *file, struct rivet_manifest *manifest,
		      struct rivet_manifest_entry *entry, struct err *err)
{
	struct rivet_parse_error perr = { 0 };
	int ret = rivet_manifest_next(manifest, entry, &perr);

	if (ret < 0)
		return refuse(file, &perr, err);
	return ret ? EXIT_OK : EXIT_NOTHING;
}

static int check_manifest(const struct object_file *file, struct err *err)
{
	struct rivet_manifest_entry entry;
	struct rivet_manifest manifest;
	int ret = object_read_manifest(file, &manifest, err);

	while (!ret)
		ret = object_next_entry(file, &manifest, &entry, err);
	return ret == EXIT_NOTHING ? EXIT_OK : ret;
}

/**
 * object_read_policy() - read a policy
 * @file: opened
 * @rules: filled; points into @file; free() @rules->rules
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_INVALID with line and column in @err.
 */
int object_read_policy(const struct object_file *file, struct rivet_rules *rules,
		       struct err *err)
{
	struct rivet_parse_error perr = { 0 };
	struct rivet_rule *room;
	int count;

	count = rivet_policy_parse(file->parts.text, file->parts.text_len, rules, NULL, 0, &perr);
	if (count < 0)
		return refuse(file, &perr, err);
	room = calloc(count + 1, sizeof(*room));
	if (!room)
		return err_set(err, EXIT_OTHER, NULL, "cannot read %s: out of memory",
			       err_name(file->name));
	rivet_policy_parse(file->parts.text, file->parts.text_len, rules, room, count, &perr);
	rules->rules = room;
	return EXIT_OK;
}

static int check_policy(const struct object_file *file, struct err *err)
{
	struct rivet_rules rules;
	int ret = object_read_policy(file, &rules, err);

	if (!ret)
		free(rules.rules);
	return ret;
}

static int check_token(const struct object_file *file, enum rivet_token token, struct err *err)
{
	struct rivet_parse_error perr = { 0 };
	u8 nonce[RIVET_NONCE_SIZE];

	if (rivet_token_parse(token, file->parts.text, file->parts.text_len, nonce, &perr))
		return refuse(file, &perr, err);
	return EXIT_OK;
}

/**
 * object_check() - check a text as the kernel will
 * @file: opened
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_INVALID with line and column in @err.
 */
int object_check(const struct object_file *file, struct err *err)
{
	struct rivet_parse_error perr = {
		.line = 1,
		.column = 1,
		.expected = "the first line of a manifest, a policy or an unlock request",
	};

	switch (file->parts.kind) {
	case RIVET_OBJECT_MANIFEST:
		return check_manifest(file, err);
	case RIVET_OBJECT_POLICY:
		return check_policy(file, err);
	case RIVET_OBJECT_UNLOCK:
		return check_token(file, RIVET_TOKEN_UNLOCK, err);
	case RIVET_OBJECT_REJOIN:
		return check_token(file, RIVET_TOKEN_REJOIN, err);
	default:
		return refuse(file, &perr, err);
	}
}
