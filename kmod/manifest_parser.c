// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - manifests: the text form of a RIV set or of a revocation
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "manifest_parser.h"
#include "object_parser.h"

/* The shortest entry of each kind, to see through a count before trusting it */
#define ENTRY_SET_MIN		(sizeof("sha256: 0 exec *\n") - 1 + 2 * RIVET_DIGEST_SIZE)
#define ENTRY_REVOKE_MIN	(sizeof("sha256:\n") - 1 + 2 * RIVET_DIGEST_SIZE)

#define EXPECTED_NAME	"a name: 1 to 64 of A-Z a-z 0-9 . _ - that begins with neither . nor -"

/**
 * struct header - a line "key: value" before the entries
 * @key: the key with its colon and space
 * @take: read the value, 0 if it is a good one
 * @expected: what the value should be
 * @missing: what to say if the line is not there; NULL if it may be absent
 */
struct header {
	const char *key;
	int (*take)(struct rivet_manifest *m, struct rivet_slice value);
	const char *expected;
	const char *missing;
};

static int take_name(struct rivet_manifest *m, struct rivet_slice value)
{
	m->name = value;
	return rivet_name_is_valid(value.ptr, value.len) ? 0 : -EBADMSG;
}

static int take_kind(struct rivet_manifest *m, struct rivet_slice value)
{
	m->kind = RIVET_MANIFEST_REVOKE;
	return rivet_slice_equal(value, "revoke") ? 0 : -EBADMSG;
}

static int take_version(struct rivet_manifest *m, struct rivet_slice value)
{
	if (rivet_parse_u64(value.ptr, value.len, &m->version) || !m->version)
		return -EBADMSG;
	return 0;
}

static int take_replaces(struct rivet_manifest *m, struct rivet_slice value)
{
	m->replaces = value;
	if (!rivet_name_is_valid(value.ptr, value.len) || rivet_slice_same(value, m->name))
		return -EBADMSG;
	return 0;
}

/* The first second of 1970 would read as "never" */
static int take_valid_until(struct rivet_manifest *m, struct rivet_slice value)
{
	if (rivet_parse_time(value.ptr, value.len, &m->valid_until) || !m->valid_until)
		return -EBADMSG;
	return 0;
}

static int take_count(struct rivet_manifest *m, struct rivet_slice value)
{
	u64 count;

	if (rivet_parse_u64(value.ptr, value.len, &count) || count > U32_MAX)
		return -EBADMSG;
	m->count = count;
	return 0;
}

/* In the order in which they stand */
static const struct header headers[] = {
	{ "name: ", take_name, EXPECTED_NAME, "the header name:" },
	{ "kind: ", take_kind, "revoke; a RIV set has no kind:", NULL },
	{ "version: ", take_version, "a version: a decimal number from 1 to 18446744073709551615",
	  "the header version: (after name: and, in a revocation, kind: revoke)" },
	{ "replaces: ", take_replaces, "the name of another set", NULL },
	{ "valid-until: ", take_valid_until,
	  "a time after 1970 began, as 2030-12-31T23:59:59Z", NULL },
	{ "count: ", take_count, "the number of entries, up to 4294967295",
	  "the header count: (after version:, replaces: and valid-until:, and last)" },
};

static struct rivet_slice rest_of(const struct rivet_manifest *m)
{
	return (struct rivet_slice){ .ptr = m->text + m->pos, .len = m->len - m->pos };
}

static void advance(struct rivet_manifest *m, struct rivet_slice rest)
{
	m->pos = m->len - rest.len;
	m->line++;
}

static int take_header(struct rivet_manifest *m, const struct header *header,
		       struct rivet_parse_error *err)
{
	struct rivet_slice rest = rest_of(m);
	size_t key_len = strlen(header->key);
	struct rivet_slice value;

	if (!rivet_slice_take_prefix(&rest, header->key)) {
		if (!header->missing)
			return 0;
		return rivet_parse_fail(err, m->line, 1, header->missing);
	}
	if (!rivet_slice_take_until(&rest, '\n', &value) || header->take(m, value))
		return rivet_parse_fail(err, m->line, key_len + 1, header->expected);
	advance(m, rest);
	return 0;
}

/* Callers may reserve memory by the count before they read the entries */
static bool count_is_plausible(const struct rivet_manifest *m)
{
	size_t shortest = m->kind == RIVET_MANIFEST_REVOKE ? ENTRY_REVOKE_MIN : ENTRY_SET_MIN;

	return m->count <= (m->len - m->pos) / shortest;
}

static int take_headers(struct rivet_manifest *m, struct rivet_parse_error *err)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(headers); i++) {
		ret = take_header(m, &headers[i], err);
		if (ret)
			return ret;
	}
	if (!count_is_plausible(m))
		return rivet_parse_fail(err, m->line - 1, sizeof("count: "),
					"the number of entries: there is no room for so many");
	return 0;
}

/**
 * rivet_manifest_open() - begin to read a manifest: its headers
 * @m: filled in; valid as long as @text is
 * @text: the whole text, without a signature
 * @len: its bytes
 * @err: where and why it was refused; may be NULL
 *
 * The entries have not been looked at when this returns: a manifest is
 * good when rivet_manifest_next() has returned 0.
 *
 * Context: Any.
 * Return: 0, -EBADMSG, or -EFBIG if it has more than RIVET_MANIFEST_MAX bytes.
 */
int rivet_manifest_open(struct rivet_manifest *m, const char *text, size_t len,
			struct rivet_parse_error *err)
{
	struct rivet_slice rest = { .ptr = text, .len = len };

	*m = (struct rivet_manifest){ .text = text, .len = len, .line = 1 };
	if (len > RIVET_MANIFEST_MAX) {
		rivet_parse_fail(err, 0, 0, "a manifest of at most 64 MiB");
		return -EFBIG;
	}
	if (!rivet_slice_take_prefix(&rest, "riv-manifest 1\n"))
		return rivet_parse_fail(err, 1, 1, "riv-manifest 1");
	advance(m, rest);
	return take_headers(m, err);
}

static bool component_is_canonical(struct rivet_slice component)
{
	return component.len && !rivet_slice_equal(component, ".") &&
	       !rivet_slice_equal(component, "..");
}

/**
 * rivet_path_is_canonical() - is this the one way to write an absolute path?
 * @path: the path; escapes do not matter
 *
 * Context: Any.
 * Return: true if it begins with '/', does not end with one, and has no empty,
 * "." or ".." component.
 */
bool rivet_path_is_canonical(struct rivet_slice path)
{
	struct rivet_slice component;

	if (!rivet_slice_take_prefix(&path, "/"))
		return false;
	while (rivet_slice_take_until(&path, '/', &component))
		if (!component_is_canonical(component))
			return false;
	return component_is_canonical(path);
}

/* The next byte that an escaped path stands for, -1 if the escape is not one */
static int take_byte(struct rivet_slice *path)
{
	if (path->ptr[0] == '\\') {
		if (rivet_slice_take_prefix(path, "\\\\"))
			return '\\';
		return rivet_slice_take_prefix(path, "\\n") ? '\n' : -1;
	}
	path->len--;
	return (u8)*path->ptr++;
}

/* What is wrong with a path's bytes, NULL if nothing; then @path begins there */
static const char *find_path_fault(struct rivet_slice *path)
{
	size_t len;
	int byte;

	for (len = 0; path->len; len++) {
		if (len == RIVET_PATH_MAX - 1)
			return "a path of at most 4095 bytes";
		byte = take_byte(path);
		if (byte < 0)
			return "\\\\ or \\n: nothing else is escaped";
		if (!byte) {
			path->ptr--;
			return "a path without NUL";
		}
	}
	return NULL;
}

/**
 * struct entry_text - the line of an entry while it is taken apart
 * @rest: what of it has not been read yet
 * @start: its first byte
 * @number: its line in the text
 * @err: where and why it was refused; may be NULL
 */
struct entry_text {
	struct rivet_slice rest;
	const char *start;
	u32 number;
	struct rivet_parse_error *err;
};

static int fail_at(const struct entry_text *line, const char *where, const char *expected)
{
	return rivet_parse_fail(line->err, line->number, where - line->start + 1, expected);
}

static int read_digest(struct entry_text *line, struct rivet_slice word,
		       struct rivet_digest *digest)
{
	if (!rivet_digest_parse(word.ptr, word.len, digest))
		return 0;
	return fail_at(line, word.ptr,
		       "a digest: sha256: or verity:sha256: and 64 lower-case hexadecimal digits, not all 0");
}

static int read_size(struct entry_text *line, u64 *size)
{
	const char *where = line->rest.ptr;
	struct rivet_slice word;

	if (rivet_slice_take_until(&line->rest, ' ', &word) &&
	    !rivet_parse_u64(word.ptr, word.len, size) && *size <= S64_MAX)
		return 0;
	return fail_at(line, where, "a size in bytes and a space");
}

static int read_uses(struct entry_text *line, u32 *uses)
{
	const char *where = line->rest.ptr;
	struct rivet_slice word;

	if (rivet_slice_take_until(&line->rest, ' ', &word) &&
	    !rivet_name_uses_parse(word.ptr, word.len, uses))
		return 0;
	return fail_at(line, where,
		       "uses and a space: exec,mmap,kmod,firmware,read,script,jit in this order, jit only with exec or mmap");
}

static int read_path(struct entry_text *line, struct rivet_slice *path)
{
	const char *fault;

	*path = line->rest;
	if (rivet_manifest_any_path(*path))
		return 0;
	fault = find_path_fault(&line->rest);
	if (fault)
		return fail_at(line, line->rest.ptr, fault);
	if (!rivet_path_is_canonical(*path))
		return fail_at(line, path->ptr,
			       "* or an absolute path of a file without empty, . and .. components");
	return 0;
}

/* A revocation may name a digest alone */
static int read_entry(const struct rivet_manifest *m, struct entry_text *line,
		      struct rivet_manifest_entry *entry)
{
	struct rivet_slice word;
	int ret;

	*entry = (struct rivet_manifest_entry){};
	if (!rivet_slice_take_until(&line->rest, ' ', &word)) {
		word = line->rest;
		ret = read_digest(line, word, &entry->digest);
		if (ret || m->kind == RIVET_MANIFEST_REVOKE)
			return ret;
		return fail_at(line, word.ptr + word.len, "a space and a size in bytes");
	}
	ret = read_digest(line, word, &entry->digest);
	if (!ret)
		ret = read_size(line, &entry->size);
	if (!ret)
		ret = read_uses(line, &entry->uses);
	if (!ret)
		ret = read_path(line, &entry->path);
	return ret;
}

static bool is_after_previous(const struct rivet_manifest *m,
			      const struct rivet_manifest_entry *entry)
{
	int order;

	if (!m->seen)
		return true;
	order = rivet_path_compare(m->prev_path, entry->path);
	if (!order)
		order = rivet_digest_compare(&m->prev_digest, &entry->digest);
	return order < 0;
}

static int check_end(const struct rivet_manifest *m, struct rivet_parse_error *err)
{
	if (m->pos < m->len)
		return rivet_parse_fail(err, m->line, 1,
					"the end of the text: count: promises no more entries");
	return 0;
}

/* Split off the next line and see that it is text */
static int take_line(const struct rivet_manifest *m, struct rivet_slice *rest,
		     struct rivet_slice *line, struct rivet_parse_error *err)
{
	size_t bad;

	*rest = rest_of(m);
	if (!rest->len)
		return rivet_parse_fail(err, m->line, 1,
					"another entry: count: promises more");
	if (!rivet_slice_take_until(rest, '\n', line))
		return rivet_parse_fail(err, m->line, rest->len + 1, "the end of the line");
	if (!rivet_parse_utf8_valid(line->ptr, line->len, &bad))
		return rivet_parse_fail(err, m->line, bad + 1, "valid UTF-8");
	return 0;
}

/**
 * rivet_manifest_next() - read the next entry of a manifest
 * @m: opened by rivet_manifest_open()
 * @entry: the entry; undefined unless 1 is returned
 * @err: where and why it was refused; may be NULL
 *
 * Context: Any. An entry takes microseconds; the caller reschedules between them.
 * Return: 1 with an entry, 0 after the last one when the text ends as it
 * should, or -EBADMSG, then for ever.
 */
int rivet_manifest_next(struct rivet_manifest *m, struct rivet_manifest_entry *entry,
			struct rivet_parse_error *err)
{
	struct rivet_slice rest, line;
	struct entry_text text;
	int ret;

	if (m->seen == m->count)
		return check_end(m, err);
	ret = take_line(m, &rest, &line, err);
	if (ret)
		return ret;
	text = (struct entry_text){
		.rest = line, .start = line.ptr, .number = m->line, .err = err,
	};
	ret = read_entry(m, &text, entry);
	if (ret)
		return ret;
	if (!is_after_previous(m, entry))
		return rivet_parse_fail(err, m->line, 0,
					"entries sorted by path and digest, none twice");
	m->prev_path = entry->path;
	m->prev_digest = entry->digest;
	m->seen++;
	advance(m, rest);
	return 1;
}

/**
 * rivet_manifest_any_path() - does an entry hold under every path?
 * @path: path of an entry
 *
 * Context: Any.
 * Return: true if it is "*".
 */
bool rivet_manifest_any_path(struct rivet_slice path)
{
	return path.len == 1 && path.ptr[0] == '*';
}

/**
 * rivet_path_unescape() - the real bytes of a path in a manifest
 * @path: path as written
 * @buf: where to, terminated; RIVET_PATH_MAX bytes hold every accepted path
 * @size: bytes there
 *
 * Context: Any.
 * Return: length of the path, -ENAMETOOLONG if it does not fit with its end, or
 * -EBADMSG if an escape is none.
 */
ssize_t rivet_path_unescape(struct rivet_slice path, char *buf, size_t size)
{
	size_t len;
	int byte;

	for (len = 0; path.len; len++) {
		byte = take_byte(&path);
		if (byte < 0)
			return -EBADMSG;
		if (len + 1 >= size)
			return -ENAMETOOLONG;
		buf[len] = byte;
	}
	if (len >= size)
		return -ENAMETOOLONG;
	buf[len] = '\0';
	return len;
}

/**
 * rivet_path_escape() - write a path as manifests do
 * @path: the real bytes
 * @len: how many
 * @buf: where to, terminated; twice @len and one byte are enough
 * @size: bytes there
 *
 * Context: Any.
 * Return: length of the text, or -ENAMETOOLONG if it does not fit with its end.
 */
ssize_t rivet_path_escape(const char *path, size_t len, char *buf, size_t size)
{
	size_t used = 0, i;

	for (i = 0; i < len; i++) {
		bool escape = path[i] == '\\' || path[i] == '\n';

		if (used + escape + 1 >= size)
			return -ENAMETOOLONG;
		if (escape)
			buf[used++] = '\\';
		buf[used++] = path[i] == '\n' ? 'n' : path[i];
	}
	if (used >= size)
		return -ENAMETOOLONG;
	buf[used] = '\0';
	return used;
}

/**
 * rivet_path_compare() - the order of paths in a manifest
 * @a: a path as written, with valid escapes
 * @b: another
 *
 * By the real bytes, unsigned; of two with the same beginning the shorter first.
 *
 * Context: Any.
 * Return: less than, equal to or greater than 0, as memcmp().
 */
int rivet_path_compare(struct rivet_slice a, struct rivet_slice b)
{
	while (a.len && b.len) {
		int byte_a = take_byte(&a);
		int byte_b = take_byte(&b);

		if (byte_a != byte_b)
			return byte_a - byte_b;
		if (byte_a < 0)
			return 0;
	}
	return !!a.len - !!b.len;
}
