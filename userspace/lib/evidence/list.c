// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: the measurement list, as the kernel writes it
 *
 * The forms are those of IMA's list with the template ima-buf; numbers are little-endian.
 */
#include <stdlib.h>
#include <string.h>

#include "evidence/record.h"
#include "lib/evidence/list.h"

static const char next_whole[] = "take the whole list: rivetctl evidence log -o FILE";

static bool take_bytes(struct rivet_slice *rest, size_t len, struct rivet_slice *out)
{
	if (len > rest->len)
		return false;
	*out = (struct rivet_slice){ rest->ptr, len };
	rest->ptr += len;
	rest->len -= len;
	return true;
}

static bool take_number(struct rivet_slice *rest, uint32_t *number)
{
	struct rivet_slice bytes;
	int i;

	if (!take_bytes(rest, 4, &bytes))
		return false;
	*number = 0;
	for (i = 3; i >= 0; i--)
		*number = *number << 8 | (uint8_t)bytes.ptr[i];
	return true;
}

static bool take_field(struct rivet_slice *rest, struct rivet_slice *out)
{
	uint32_t len;

	return take_number(rest, &len) && take_bytes(rest, len, out);
}

/* Digest, name and text; the digest is that of the text. */
static bool split_data(struct rivet_slice data, struct list_record *record)
{
	static const char prefix[] = "sha256:";	/* with a zero behind it */
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct rivet_slice d_ng;

	if (!take_field(&data, &d_ng) || !take_field(&data, &record->name) ||
	    !take_field(&data, &record->text) || data.len)
		return false;
	if (!record->name.len || memchr(record->name.ptr, 0, record->name.len) !=
	    record->name.ptr + record->name.len - 1)
		return false;
	record->name.len--;
	SHA256((const uint8_t *)record->text.ptr, record->text.len, digest);
	return d_ng.len == sizeof(prefix) + sizeof(digest) &&
	       !memcmp(d_ng.ptr, prefix, sizeof(prefix)) &&
	       !memcmp(d_ng.ptr + sizeof(prefix), digest, sizeof(digest));
}

/* All of it can be printed: it comes from somebody else's machine. */
static bool is_printable(struct rivet_slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

/* Returns the fault, or NULL. */
static const char *take_record(struct rivet_slice *rest, struct list_record *record)
{
	struct rivet_slice sha1, template;
	uint8_t digest[SHA_DIGEST_LENGTH];

	if (!take_number(rest, &record->pcr) || !take_bytes(rest, sizeof(digest), &sha1) ||
	    !take_field(rest, &template) || !take_field(rest, &record->data))
		return "is cut off";
	if (!rivet_slice_equal(template, RIVET_RECORD_TEMPLATE))
		return "has another template than ima-buf";
	SHA1((const uint8_t *)record->data.ptr, record->data.len, digest);
	if (memcmp(digest, sha1.ptr, sizeof(digest)) || !split_data(record->data, record))
		return "was changed: its digest is not that of its data";
	return is_printable(record->name) && is_printable(record->text) ? NULL :
		"has bytes that no record has";
}

static int add_record(struct list *list, struct rivet_slice *rest, const char *path,
		      struct err *err)
{
	const char *why = "is more than a list has";

	if (list->count < LIST_RECORDS_MAX)
		why = take_record(rest, &list->records[list->count]);
	if (why)
		return err_set(err, EXIT_INVALID, next_whole, "%s: record %zu %s", err_name(path),
			       list->count + 1, why);
	list->count++;
	return EXIT_OK;
}

/**
 * list_parse() - read a binary list, and check each record against its digests
 * @file: its bytes, which must outlive @out
 * @path: its name, for messages
 * @out: free with list_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, EXIT_INVALID, or EXIT_OTHER without memory.
 */
int list_parse(const struct buffer *file, const char *path, struct list *out, struct err *err)
{
	struct rivet_slice rest = { file->data, file->len };
	int ret = EXIT_OK;

	out->count = 0;
	out->records = calloc(LIST_RECORDS_MAX, sizeof(*out->records));
	if (!out->records)
		return err_set(err, EXIT_OTHER, NULL, "out of memory");
	while (!ret && rest.len)
		ret = add_record(out, &rest, path, err);
	if (!ret && !out->count)
		ret = err_set(err, EXIT_INVALID, next_whole, "%s: it has no record",
			      err_name(path));
	return ret;
}

/**
 * list_free() - free a list
 * @list: the list
 */
void list_free(struct list *list)
{
	free(list->records);
}

/**
 * list_extend() - extend the SHA-256 value of a PCR by a record
 * @value: the value before; that after it
 * @record: the record
 */
void list_extend(uint8_t value[SHA256_DIGEST_LENGTH], const struct list_record *record)
{
	uint8_t input[2 * SHA256_DIGEST_LENGTH];

	memcpy(input, value, SHA256_DIGEST_LENGTH);
	SHA256((const uint8_t *)record->data.ptr, record->data.len,
	       input + SHA256_DIGEST_LENGTH);
	SHA256(input, sizeof(input), value);
}

/**
 * list_begin() - find out which value the PCR had before the list
 * @list: the list
 * @value: set to it
 *
 * Return: NULL if it was zero, else the first record's words for it; @value is zero as well if
 * these are of no known form.
 */
const char *list_begin(const struct list *list, uint8_t value[SHA256_DIGEST_LENGTH])
{
	static const char after[] = " after sha256:";
	struct rivet_slice text = list->records[0].text;
	const char *at = memmem(text.ptr, text.len, after, strlen(after));

	memset(value, 0, SHA256_DIGEST_LENGTH);
	if (!at)
		return NULL;
	text.len -= at + strlen(after) - text.ptr;
	text.ptr = at + strlen(after);
	if (text.len != 2 * SHA256_DIGEST_LENGTH ||
	    rivet_parse_hex(text.ptr, text.len, value, SHA256_DIGEST_LENGTH))
		memset(value, 0, SHA256_DIGEST_LENGTH);
	return at + 1;
}
