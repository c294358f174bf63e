// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - digests: their text form and comparison
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "text/digest.h"
#include "text/format.h"
#include "text/parse.h"

/* In the order of enum rivet_digest_alg, which is also their order as text */
static const char * const digest_prefixes[__RIVET_DIGEST_MAX] = {
	[RIVET_DIGEST_CERT_SHA256] = "cert:sha256:",
	[RIVET_DIGEST_SHA256] = "sha256:",
	[RIVET_DIGEST_VERITY_SHA256] = "verity:sha256:",
};

static bool is_all_zero(const u8 *bytes, size_t size)
{
	u8 seen = 0;

	while (size--)
		seen |= *bytes++;
	return !seen;
}

/**
 * rivet_digest_parse() - read a digest
 * @text: "cert:sha256:", "sha256:" or "verity:sha256:" and 64 lower-case hexadecimal
 *	digits
 * @len: bytes of @text
 * @out: the digest; untouched on error
 *
 * Refuses a digest of zeros: it is the result of a failed computation, not a
 * reference value.
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_digest_parse(const char *text, size_t len, struct rivet_digest *out)
{
	struct rivet_slice rest = { .ptr = text, .len = len };
	struct rivet_digest digest;

	for (digest.alg = RIVET_DIGEST_NONE + 1; digest.alg < __RIVET_DIGEST_MAX; digest.alg++)
		if (rivet_slice_take_prefix(&rest, digest_prefixes[digest.alg]))
			break;
	if (digest.alg == __RIVET_DIGEST_MAX ||
	    rivet_parse_hex(rest.ptr, rest.len, digest.bytes, sizeof(digest.bytes)) ||
	    is_all_zero(digest.bytes, sizeof(digest.bytes)))
		return -EBADMSG;
	*out = digest;
	return 0;
}

/**
 * rivet_digest_format() - write a digest as manifests do
 * @digest: the digest; one without an algorithm gives an empty text
 * @buf: output buffer; RIVET_DIGEST_TEXT_MAX bytes are enough
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_digest_format(const struct rivet_digest *digest, char *buf, size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };

	if (digest->alg > RIVET_DIGEST_NONE && digest->alg < __RIVET_DIGEST_MAX) {
		rivet_format_text(&f, digest_prefixes[digest->alg]);
		rivet_format_hex(&f, digest->bytes, sizeof(digest->bytes));
	}
	return rivet_format_end(&f);
}

/**
 * rivet_digest_equal() - compare two digests for equality
 * @a: a digest
 * @b: another digest
 *
 * Digests are public: this need not take constant time.
 *
 * Context: Any.
 * Return: true if value and algorithm are the same.
 */
bool rivet_digest_equal(const struct rivet_digest *a, const struct rivet_digest *b)
{
	return !rivet_digest_compare(a, b);
}

/**
 * rivet_digest_compare() - compare the order of two digests in a manifest
 * @a: a digest
 * @b: another digest
 *
 * By algorithm, then by bytes; the order of their texts is the same.
 *
 * Context: Any.
 * Return: less than, equal to or greater than 0, as memcmp().
 */
int rivet_digest_compare(const struct rivet_digest *a, const struct rivet_digest *b)
{
	if (a->alg != b->alg)
		return a->alg < b->alg ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}
