// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/line: an entry of the quarantine list as a line of text
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "quarantine/line.h"
#include "text/format.h"
#include "text/version3.h"

#define NO_PATH	"-"

static const char * const file_names[__RIVET_QUARANTINE_FILE_MAX] = {
	[RIVET_QUARANTINE_LIVE] = "live",
	[RIVET_QUARANTINE_AWAY] = "away",
	[RIVET_QUARANTINE_GONE] = "gone",
};

/* The value is the index. */
static const char * const held_names[] = { "denied", "would" };
static const char * const place_names[] = { "other", "init" };

/**
 * rivet_quarantine_file_name() - word for the state of the file of an entry
 * @file: a value of the enumeration
 *
 * Context: Any.
 * Return: a static string.
 */
const char *rivet_quarantine_file_name(enum rivet_quarantine_file file)
{
	return file_names[file];
}

static void put_word(struct rivet_format *f, const char *word)
{
	rivet_format_text(f, word);
	rivet_format_char(f, ' ');
}

static void put_number(struct rivet_format *f, u64 number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	put_word(f, text);
}

static void put_path(struct rivet_format *f, struct rivet_slice path)
{
	char escaped[8];
	size_t i;

	if (!path.len)
		rivet_format_text(f, NO_PATH);
	for (i = 0; i < path.len; i++) {
		rivet_name_escape(path.ptr + i, 1, escaped, sizeof(escaped));
		rivet_format_text(f, escaped);
	}
}

/**
 * rivet_quarantine_line_format() - write an entry
 * @entry: the entry; its path in raw bytes
 * @buf: output, terminated; RIVET_QUARANTINE_LINE_MAX bytes are enough
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_quarantine_line_format(const struct rivet_quarantined *entry, char *buf, size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };
	char digest[RIVET_DIGEST_TEXT_MAX], version[RIVET_VERSION3_MAX];

	rivet_digest_format(&entry->digest, digest, sizeof(digest));
	rivet_version3_text(entry->policy_version, version);
	put_number(&f, entry->id);
	put_word(&f, held_names[entry->would]);
	put_word(&f, file_names[entry->file]);
	put_word(&f, digest);
	put_number(&f, entry->size);
	put_word(&f, rivet_name_reason(entry->reason));
	put_word(&f, rivet_name_op(entry->op));
	put_number(&f, entry->uid);
	put_number(&f, entry->time);
	put_number(&f, entry->riv_generation);
	put_number(&f, entry->policy_generation);
	put_word(&f, entry->policy);
	put_word(&f, version);
	put_number(&f, entry->rule_line);
	put_word(&f, place_names[entry->named]);
	put_path(&f, entry->path);
	return rivet_format_end(&f);
}

/* Each read_*() returns 0 for a valid word. */
static int read_index(struct rivet_slice word, const char * const *names, size_t count, u32 *out)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!rivet_slice_equal(word, names[i]))
			continue;
		*out = i;
		return 0;
	}
	return -EBADMSG;
}

static int read_u32(struct rivet_slice word, u32 *out)
{
	u64 number;

	if (rivet_parse_u64(word.ptr, word.len, &number) || number > U32_MAX)
		return -EBADMSG;
	*out = number;
	return 0;
}

static int read_id(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_u64(word.ptr, word.len, &e->id) || !e->id ? -EBADMSG : 0;
}

static int read_held(struct rivet_quarantined *e, struct rivet_slice word)
{
	u32 index;
	int ret = read_index(word, held_names, ARRAY_SIZE(held_names), &index);

	if (!ret)
		e->would = index;
	return ret;
}

static int read_file(struct rivet_quarantined *e, struct rivet_slice word)
{
	u32 index;
	int ret = read_index(word, file_names, ARRAY_SIZE(file_names), &index);

	if (!ret)
		e->file = index;
	return ret;
}

static int read_digest(struct rivet_quarantined *e, struct rivet_slice word)
{
	if (rivet_digest_parse(word.ptr, word.len, &e->digest))
		return -EBADMSG;
	return e->digest.alg == RIVET_DIGEST_CERT_SHA256 ? -EBADMSG : 0;
}

static int read_size(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_u64(word.ptr, word.len, &e->size);
}

/* Lower case, as the line has it: there is one form of each entry. */
static int read_reason(struct rivet_quarantined *e, struct rivet_slice word)
{
	int reason = rivet_name_reason_parse(word.ptr, word.len);

	if (reason < 0 || !rivet_reason_quarantines(reason) ||
	    !rivet_slice_equal(word, rivet_name_reason(reason)))
		return -EBADMSG;
	e->reason = reason;
	return 0;
}

static int read_op(struct rivet_quarantined *e, struct rivet_slice word)
{
	int op = rivet_name_op_parse(word.ptr, word.len);

	if (op < 0)
		return -EBADMSG;
	e->op = op;
	return 0;
}

static int read_uid(struct rivet_quarantined *e, struct rivet_slice word)
{
	return read_u32(word, &e->uid);
}

static int read_time(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_u64(word.ptr, word.len, &e->time);
}

static int read_riv_generation(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_u64(word.ptr, word.len, &e->riv_generation);
}

static int read_policy_generation(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_u64(word.ptr, word.len, &e->policy_generation);
}

static int read_policy(struct rivet_quarantined *e, struct rivet_slice word)
{
	if (!rivet_name_is_valid(word.ptr, word.len))
		return -EBADMSG;
	memcpy(e->policy, word.ptr, word.len);
	return 0;
}

static int read_version(struct rivet_quarantined *e, struct rivet_slice word)
{
	return rivet_parse_version3(word.ptr, word.len, &e->policy_version);
}

static int read_rule(struct rivet_quarantined *e, struct rivet_slice word)
{
	return read_u32(word, &e->rule_line);
}

static int read_place(struct rivet_quarantined *e, struct rivet_slice word)
{
	u32 index;
	int ret = read_index(word, place_names, ARRAY_SIZE(place_names), &index);

	if (!ret)
		e->named = index;
	return ret;
}

/**
 * struct column - one word of a line
 * @read: reads it; returns 0 if it is valid
 * @expected: description of a valid word
 */
struct column {
	int (*read)(struct rivet_quarantined *e, struct rivet_slice word);
	const char *expected;
};

static const struct column columns[] = {
	{ read_id, "the number of an entry, from 1" },
	{ read_held, "denied or would" },
	{ read_file, "live, away or gone" },
	{ read_digest, "the digest of a file: sha256: or verity:sha256: and 64 digits" },
	{ read_size, "a size in bytes" },
	{ read_reason, "unlisted, mismatch or revoked" },
	{ read_op, "an op" },
	{ read_uid, "a uid" },
	{ read_time, "seconds since 1970" },
	{ read_riv_generation, "the generation of the RIV sets" },
	{ read_policy_generation, "the generation of the policy" },
	{ read_policy, "the name of a policy" },
	{ read_version, "the version of a policy, X.Y.Z" },
	{ read_rule, "the line of a rule" },
	{ read_place, "init or other" },
};

static int value_of_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes "\\", "\"" or "\xHH" behind its '\'. */
static int take_escaped(struct rivet_slice *text)
{
	int high, low, byte;

	if (!text->len)
		return -EBADMSG;
	byte = (u8)text->ptr[0];
	text->ptr++;
	text->len--;
	if (byte == '\\' || byte == '"')
		return byte;
	if (byte != 'x' || text->len < 2)
		return -EBADMSG;
	high = value_of_digit(text->ptr[0]);
	low = value_of_digit(text->ptr[1]);
	text->ptr += 2;
	text->len -= 2;
	if (high < 0 || low < 0)
		return -EBADMSG;
	byte = high << 4 | low;
	/* A byte that needs no escape has none. */
	return !byte || (byte >= 0x20 && byte < 0x7f) ? -EBADMSG : byte;
}

static int take_byte(struct rivet_slice *text)
{
	u8 byte = text->ptr[0];

	text->ptr++;
	text->len--;
	if (byte == '\\')
		return take_escaped(text);
	return byte < 0x20 || byte >= 0x7f || byte == '"' ? -EBADMSG : byte;
}

/**
 * rivet_quarantine_line_path() - turn the path of a line into its real bytes
 * @escaped: path from rivet_quarantine_line_parse()
 * @buf: output, terminated; RIVET_PATH_MAX bytes hold every accepted path
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the path, -ENAMETOOLONG if it does not fit with its NUL, or -EBADMSG if an
 * escape is invalid.
 */
ssize_t rivet_quarantine_line_path(struct rivet_slice escaped, char *buf, size_t size)
{
	size_t len;
	int byte;

	for (len = 0; escaped.len; len++) {
		byte = take_byte(&escaped);
		if (byte < 0)
			return byte;
		if (len + 1 >= size)
			return -ENAMETOOLONG;
		buf[len] = byte;
	}
	if (len >= size)
		return -ENAMETOOLONG;
	buf[len] = '\0';
	return len;
}

/* Only an absolute path is one that init sees. */
static int check_path(const struct rivet_quarantined *e)
{
	struct rivet_slice rest = e->path;
	size_t len;

	if (!rest.len)
		return e->named ? -EBADMSG : 0;
	if (e->named && rest.ptr[0] != '/')
		return -EBADMSG;
	for (len = 0; rest.len; len++)
		if (len + 1 == RIVET_PATH_MAX || take_byte(&rest) < 0)
			return -EBADMSG;
	return 0;
}

/**
 * rivet_quarantine_line_parse() - read an entry
 * @text: text in the exact form of rivet_quarantine_line_format()
 * @len: its bytes
 * @out: the entry, whose path points into @text; undefined on error
 * @err: position and reason of a refusal, in line 1; may be NULL
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_quarantine_line_parse(const char *text, size_t len, struct rivet_quarantined *out,
				struct rivet_parse_error *err)
{
	struct rivet_slice rest = { .ptr = text, .len = len }, word;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		const char *where = rest.ptr;

		if (!rivet_slice_take_until(&rest, ' ', &word) || columns[i].read(out, word))
			return rivet_parse_fail(err, 1, where - text + 1, columns[i].expected);
	}
	if (!rivet_slice_equal(rest, NO_PATH))
		out->path = rest;
	if (!rest.len || check_path(out))
		return rivet_parse_fail(err, 1, rest.ptr - text + 1,
					"- or a path, in which a backslash, a quote and what is not printable ASCII are escaped");
	return 0;
}
