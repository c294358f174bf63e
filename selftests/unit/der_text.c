// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - PKCS#7 signatures put together by hand, to have each thing wrong once
 *
 * Elements are put back to front: contents first, then length and tag.
 */
#include <string.h>

#include "der_text.h"
#include "unit.h"

/* The bytes written so far, at the end of the room */
struct writer {
	u8 *room;
	size_t pos;
};

static void put_bytes(struct writer *w, const void *bytes, size_t len)
{
	w->pos -= len;
	memcpy(w->room + w->pos, bytes, len);
}

static void put_byte(struct writer *w, u8 byte)
{
	put_bytes(w, &byte, 1);
}

static void put_slice(struct writer *w, struct rivet_slice slice)
{
	if (slice.len)
		put_bytes(w, slice.ptr, slice.len);
}

/* Tag and length in front of the bytes written since the position was @end */
static void wrap(struct writer *w, u8 tag, size_t end)
{
	size_t len = end - w->pos, count = 0;

	if (len < 0x80) {
		put_byte(w, len);
	} else {
		for (; len; len >>= 8, count++)
			put_byte(w, len);
		put_byte(w, 0x80 | count);
	}
	put_byte(w, tag);
}

/* 1.2.840.113549.1.7.@last */
static void put_type(struct writer *w, int last)
{
	size_t end = w->pos;

	put_byte(w, last);
	put_bytes(w, "\x2a\x86\x48\x86\xf7\x0d\x01\x07", 8);
	wrap(w, 0x06, end);
}

static void put_version(struct writer *w, int version)
{
	size_t end = w->pos;

	put_byte(w, version < 0 ? 0 : version ? version : 1);
	wrap(w, 0x02, end);
}

static void put_or(struct writer *w, struct rivet_slice slice, struct rivet_slice usual)
{
	put_slice(w, slice.len ? slice : usual);
}

static void put_digest(struct writer *w, const struct der_signature *from)
{
	put_or(w, from->digest, (struct rivet_slice)BYTES(DER_SHA256));
}

static void put_name(struct writer *w, const struct der_signature *from)
{
	size_t end = w->pos;
	int i;

	put_slice(w, from->name);
	for (i = 0; i < from->depth; i++)
		wrap(w, 0x30, end);
	wrap(w, 0x30, end);
}

static void put_signer_id(struct writer *w, const struct der_signature *from)
{
	size_t end = w->pos;
	int i;

	if (from->key_id) {
		for (i = 0; i < from->key_id; i++)
			put_byte(w, 0x4b);
		wrap(w, 0x80, end);
		return;
	}
	put_or(w, from->serial, (struct rivet_slice)BYTES("\x02\x01\x01"));
	put_name(w, from);
	wrap(w, 0x30, end);
}

static void put_signature(struct writer *w, int len)
{
	size_t end = w->pos;

	for (len = len < 0 ? 0 : len ? len : 256; len; len--)
		put_byte(w, 0x5a);
	wrap(w, 0x04, end);
}

static void put_signer(struct writer *w, const struct der_signature *from)
{
	size_t end = w->pos;

	put_slice(w, from->after_signature);
	put_signature(w, from->signature_len);
	put_or(w, from->algorithm, (struct rivet_slice)BYTES(DER_RSA));
	put_slice(w, from->attributes);
	if (from->signer_digest.len)
		put_slice(w, from->signer_digest);
	else
		put_digest(w, from);
	put_signer_id(w, from);
	put_version(w, from->signer_version ?: from->key_id ? 3 : 1);
	wrap(w, 0x30, end);
}

static void put_set(struct writer *w, int count, const struct der_signature *from,
		    void (*put)(struct writer *w, const struct der_signature *from))
{
	size_t end = w->pos;

	for (count = count < 0 ? 0 : count ? count : 1; count; count--)
		put(w, from);
	wrap(w, 0x31, end);
}

static void put_content(struct writer *w, const struct der_signature *from)
{
	size_t end = w->pos;

	put_slice(w, from->in_content);
	put_type(w, from->content_type ? from->content_type : 1);
	wrap(w, 0x30, end);
}

/* Returns the bytes put to @out, which has room for DER_SIGNATURE_MAX */
size_t der_signature_build(const struct der_signature *from, u8 *out)
{
	struct writer w = { .room = out, .pos = DER_SIGNATURE_MAX };
	size_t info, data, signed_data, len;

	put_slice(&w, from->after_all);
	info = w.pos;
	put_slice(&w, from->after_info);
	data = w.pos;
	put_slice(&w, from->after_data);
	signed_data = w.pos;
	put_slice(&w, from->after_signers);
	put_set(&w, from->signers, from, put_signer);
	put_slice(&w, from->after_content);
	put_content(&w, from);
	put_set(&w, from->digests, from, put_digest);
	put_version(&w, from->version);
	wrap(&w, 0x30, signed_data);
	wrap(&w, 0xa0, data);
	put_type(&w, from->type ? from->type : 2);
	wrap(&w, 0x30, info);
	len = DER_SIGNATURE_MAX - w.pos;
	memmove(out, out + w.pos, len);
	return len;
}
