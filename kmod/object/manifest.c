// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - manifests: the text form of a RIV set, of a revocation or of a release
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "object/manifest.h"
#include "object/split.h"

/* The shortest entry of each kind, to check a count before trusting it */
#define ENTRY_SET_MIN		(sizeof("sha256: 0 exec *\n") - 1 + 2 * RIVET_DIGEST_SIZE)
#define ENTRY_DIGEST_MIN	(sizeof("sha256:\n") - 1 + 2 * RIVET_DIGEST_SIZE)

/* Longer than any valid line: a digest, a size, all uses and an escaped path */
#define LINE_MAX_BYTES	(16 * 1024)

#define EXPECTED_NAME	"a name: 1 to 64 of A-Z a-z 0-9 . _ - that begins with neither . nor -"

/**
 * struct header - a line "key: value" before the entries
 * @key: the key with its colon and space
 * @take: reads the value; returns 0 if it is valid
 * @expected: description of a valid value
 * @missing: error message if the line is absent; NULL if it may be absent
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
	if (rivet_slice_equal(value, "revoke"))
		return 0;
	m->kind = RIVET_MANIFEST_RELEASE;
	return rivet_slice_equal(value, "release") ? 0 : -EBADMSG;
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
static int take_time(struct rivet_slice value, s64 *seconds)
{
	if (rivet_parse_time(value.ptr, value.len, seconds) || *seconds <= 0)
		return -EBADMSG;
	return 0;
}

static int take_issued(struct rivet_manifest *m, struct rivet_slice value)
{
	return take_time(value, &m->issued);
}

static int take_valid_until(struct rivet_manifest *m, struct rivet_slice value)
{
	int ret = take_time(value, &m->valid_until);

	return m->valid_until < m->issued ? -EBADMSG : ret;
}

static int take_count(struct rivet_manifest *m, struct rivet_slice value)
{
	u64 count;

	if (rivet_parse_u64(value.ptr, value.len, &count) || count > U32_MAX)
		return -EBADMSG;
	m->count = count;
	return 0;
}

/* In the order of a manifest */
static const struct header headers[] = {
	{ "name: ", take_name, EXPECTED_NAME, "the header name:" },
	{ "kind: ", take_kind, "revoke or release; a RIV set has no kind:", NULL },
	{ "version: ", take_version, "a version: a decimal number from 1 to 18446744073709551615",
	  "the header version: (after name: and, in a revocation or release, kind:)" },
	{ "replaces: ", take_replaces, "the name of another set", NULL },
	{ "issued: ", take_issued, "a time after 1970 began, as 2030-12-31T23:59:59Z", NULL },
	{ "valid-until: ", take_valid_until,
	  "a time after 1970 began and not before issued:, as 2030-12-31T23:59:59Z", NULL },
	{ "count: ", take_count, "the number of entries, up to 4294967295",
	  "the header count: (after version:, replaces:, issued: and valid-until:, and last)" },
};

static struct rivet_slice rest_of(const struct rivet_manifest *m)
{
	return (struct rivet_slice){ .ptr = m->text + m->pos, .len = m->len - m->pos };
}

static size_t near_end(struct rivet_slice rest)
{
	return rest.len < LINE_MAX_BYTES ? rest.len : LINE_MAX_BYTES;
}

/*
 * Split off the next line. The end of the text may be far away, and each step of the parser
 * must be short.
 */
static bool take_to_line_end(struct rivet_slice *rest, struct rivet_slice *line)
{
	struct rivet_slice near = { .ptr = rest->ptr, .len = near_end(*rest) };

	if (!rivet_slice_take_until(&near, '\n', line))
		return false;
	rest->len -= near.ptr - rest->ptr;
	rest->ptr = near.ptr;
	return true;
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
		rivet_parse_fail(err, m->line, 1, header->missing);
		rivet_parse_found(err, rest);
		return -EBADMSG;
	}
	if (!take_to_line_end(&rest, &value) || header->take(m, value))
		return rivet_parse_fail(err, m->line, key_len + 1, header->expected);
	advance(m, rest);
	return 0;
}

/* Callers may reserve memory for the count before they read the entries */
static bool count_is_plausible(const struct rivet_manifest *m)
{
	size_t shortest = m->kind == RIVET_MANIFEST_SET ? ENTRY_SET_MIN : ENTRY_DIGEST_MIN;

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
 * rivet_manifest_open() - read the headers of a manifest
 * @m: filled in; valid as long as @text is
 * @text: the whole text, without a signature
 * @len: its bytes
 * @err: position and reason of a refusal; may be NULL
 *
 * This does not look at the entries: a manifest is valid only when
 * rivet_manifest_next() has returned 0.
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

/**
 * struct entry_text - the line of an entry while it is parsed
 * @rest: the part not read yet
 * @start: its first byte
 * @len: its bytes
 * @number: its line in the text
 * @err: position and reason of a refusal; may be NULL
 */
struct entry_text {
	struct rivet_slice rest;
	const char *start;
	size_t len;
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

/* Certificates are revoked by their digest alone; nothing else lists one */
static int check_certificate(const struct rivet_manifest *m, const struct entry_text *line,
			     struct rivet_slice word)
{
	const char *end = word.ptr + word.len;

	if (m->kind != RIVET_MANIFEST_REVOKE)
		return fail_at(line, word.ptr,
			       "the digest of a file: only a revocation names certificates");
	if (end < line->start + line->len)
		return fail_at(line, end,
			       "the end of the line: a certificate has no size, uses and path");
	return 0;
}

static int read_reference(const struct rivet_manifest *m, struct entry_text *line,
			  struct rivet_slice word, struct rivet_digest *digest)
{
	int ret = read_digest(line, word, digest);

	if (!ret && digest->alg == RIVET_DIGEST_CERT_SHA256)
		ret = check_certificate(m, line, word);
	return ret;
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
	fault = rivet_path_find_fault(&line->rest);
	if (fault)
		return fail_at(line, line->rest.ptr, fault);
	if (!rivet_path_is_canonical(*path))
		return fail_at(line, path->ptr,
			       "* or an absolute path of a file without empty, . and .. components");
	return 0;
}

/* A revocation or release may name a digest alone */
static int read_entry(const struct rivet_manifest *m, struct entry_text *line,
		      struct rivet_manifest_entry *entry)
{
	struct rivet_slice word;
	int ret;

	*entry = (struct rivet_manifest_entry){};
	if (!rivet_slice_take_until(&line->rest, ' ', &word)) {
		word = line->rest;
		ret = read_reference(m, line, word, &entry->digest);
		if (ret || m->kind != RIVET_MANIFEST_SET)
			return ret;
		return fail_at(line, word.ptr + word.len, "a space and a size in bytes");
	}
	ret = read_reference(m, line, word, &entry->digest);
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

/* Split off the next line and check that it is text */
static int take_line(const struct rivet_manifest *m, struct rivet_slice *rest,
		     struct rivet_slice *line, struct rivet_parse_error *err)
{
	size_t bad;

	*rest = rest_of(m);
	if (!rest->len)
		return rivet_parse_fail(err, m->line, 1,
					"another entry: count: promises more");
	if (!take_to_line_end(rest, line))
		return rivet_parse_fail(err, m->line, near_end(*rest) + 1, "the end of the line");
	if (!rivet_parse_utf8_valid(line->ptr, line->len, &bad))
		return rivet_parse_fail(err, m->line, bad + 1, "valid UTF-8");
	return 0;
}

/**
 * rivet_manifest_next() - read the next entry of a manifest
 * @m: opened by rivet_manifest_open()
 * @entry: the entry; undefined unless 1 is returned
 * @err: position and reason of a refusal; may be NULL
 *
 * Context: Any. An entry has 16 KiB at most; the caller reschedules between entries.
 * Return: 1 with an entry; 0 after the last one if the text ends there; or -EBADMSG, then
 * also from every later call.
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
		.rest = line, .start = line.ptr, .len = line.len, .number = m->line, .err = err,
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
 * rivet_manifest_skim() - find the path of the next entry, without a check
 * @m: opened by rivet_manifest_open(); not for rivet_manifest_next() afterwards
 * @path: what is the path if the entry is valid; length 0 if there is none
 *
 * To add up the memory that the entries need. They may be anything until
 * rivet_manifest_next() has read them.
 *
 * Context: Any.
 * Return: true with an entry; false after the last one, or if a line has no end.
 */
bool rivet_manifest_skim(struct rivet_manifest *m, struct rivet_slice *path)
{
	struct rivet_slice rest = rest_of(m), line, word;
	int words;

	if (m->seen == m->count || !take_to_line_end(&rest, &line))
		return false;
	for (words = 0; words < 3 && rivet_slice_take_until(&line, ' ', &word); words++)
		;
	*path = words == 3 ? line : (struct rivet_slice){};
	m->seen++;
	advance(m, rest);
	return true;
}

/**
 * rivet_manifest_any_path() - check whether an entry holds under every path
 * @path: path of an entry
 *
 * Context: Any.
 * Return: true if it is "*".
 */
bool rivet_manifest_any_path(struct rivet_slice path)
{
	return path.len == 1 && path.ptr[0] == '*';
}
