// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - digests: their text form and comparison, tested
 */
#include "text/digest.h"
#include "unit.h"

static const struct {
	const char *label;
	const char *text;
	int alg;	/* enum rivet_digest_alg, or -EBADMSG */
} parse_cases[] = {
	{ "SHA-256", "sha256:" HEX_A, RIVET_DIGEST_SHA256 },
	{ "SHA-256, letters", "sha256:" HEX_C, RIVET_DIGEST_SHA256 },
	{ "fs-verity", "verity:sha256:" HEX_A, RIVET_DIGEST_VERITY_SHA256 },
	{ "certificate", "cert:sha256:" HEX_A, RIVET_DIGEST_CERT_SHA256 },
	{ "nothing", "", -EBADMSG },
	{ "prefix alone", "sha256:", -EBADMSG },
	{ "beginning of a prefix", "sha25", -EBADMSG },
	{ "no prefix", HEX_A, -EBADMSG },
	{ "upper-case prefix", "SHA256:" HEX_A, -EBADMSG },
	{ "no colon", "sha256" HEX_A, -EBADMSG },
	{ "two colons", "sha256::" HEX_A, -EBADMSG },
	{ "space", "sha256: " HEX_A, -EBADMSG },
	{ "space at the end", "sha256:" HEX_A " ", -EBADMSG },
	{ "fs-verity without algorithm", "verity:" HEX_A, -EBADMSG },
	{ "fs-verity twice", "verity:verity:sha256:" HEX_A, -EBADMSG },
	{ "certificate without algorithm", "cert:" HEX_A, -EBADMSG },
	{ "certificate with fs-verity", "cert:verity:sha256:" HEX_A, -EBADMSG },
	{ "all zero, certificate", "cert:sha256:" HEX_0, -EBADMSG },
	{ "SHA-1", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", -EBADMSG },
	{ "SHA-512 with the digits of SHA-256", "sha512:" HEX_A, -EBADMSG },
	{ "all zero", "sha256:" HEX_0, -EBADMSG },
	{ "all zero, fs-verity", "verity:sha256:" HEX_0, -EBADMSG },
	{ "66 digits", "sha256:" HEX_A "00", -EBADMSG },
	{ "65 digits", "sha256:" HEX_A "0", -EBADMSG },
	{ "62 digits", "sha256:00000000000000000000000000000000000000000000000000000000000001",
	  -EBADMSG },
	{ "0x", "sha256:0x00000000000000000000000000000000000000000000000000000000000001",
	  -EBADMSG },
	{ "upper case", "sha256:0A00000000000000000000000000000000000000000000000000000000000001",
	  -EBADMSG },
	{ "g", "sha256:0g00000000000000000000000000000000000000000000000000000000000001",
	  -EBADMSG },
};

static void test_parse(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parse_cases); i++) {
		struct rivet_digest digest = { .alg = 0x55 };
		size_t len = strlen(parse_cases[i].text);
		int want = parse_cases[i].alg < 0 ? parse_cases[i].alg : 0;
		int ret = rivet_digest_parse(unit_copy(parse_cases[i].text, len), len, &digest);

		unit_eq(ret, want, "parse: %s", parse_cases[i].label);
		if (ret)
			unit_eq(digest.alg, 0x55, "left alone: %s", parse_cases[i].label);
		else
			unit_eq(digest.alg, parse_cases[i].alg, "algorithm: %s",
				parse_cases[i].label);
	}
}

/* Every character of a digest, replaced by every byte */
static void test_every_byte(void)
{
	char *text = unit_copy("sha256:" HEX_C, 71);
	struct rivet_digest digest;
	unsigned int accepted = 0;
	int pos, byte;

	for (pos = 0; pos < 71; pos++) {
		char saved = text[pos];

		for (byte = 0; byte < 256; byte++) {
			text[pos] = byte;
			accepted += !rivet_digest_parse(text, 71, &digest);
		}
		text[pos] = saved;
	}
	unit_eq(accepted, 7 + 64 * 16, "only 16 bytes are digits, and the prefix is fixed");
}

static void test_format(void)
{
	static const char * const texts[] = {
		"cert:sha256:" HEX_A, "sha256:" HEX_B, "verity:sha256:" HEX_C,
	};
	char buf[RIVET_DIGEST_TEXT_MAX];
	struct rivet_digest digest;
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t len = strlen(texts[i]);
		bool ok = true;

		rivet_digest_parse(texts[i], len, &digest);
		unit_eq(rivet_digest_format(&digest, buf, sizeof(buf)), len, "length %zu", i);
		unit_text(buf, texts[i], "round trip %zu", i);
		unit_eq(rivet_digest_format(&digest, NULL, 0), len, "length without room %zu", i);
		for (size = 1; size <= len; size++) {
			char *small = unit_copy(buf, size);

			ok &= rivet_digest_format(&digest, small, size) == len;
			ok &= !memcmp(small, texts[i], size - 1) && !small[size - 1];
			free(small);
		}
		unit_ok(ok, "cut off in every size %zu", i);
	}
	digest = (struct rivet_digest){};
	unit_eq(rivet_digest_format(&digest, buf, sizeof(buf)), 0, "none is empty");
	unit_text(buf, "", "none is terminated");
	digest.alg = __RIVET_DIGEST_MAX;
	unit_eq(rivet_digest_format(&digest, buf, sizeof(buf)), 0, "unknown algorithm is empty");
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* The order of values is the order of texts */
static void test_compare(void)
{
	static const char * const texts[] = {
		"cert:sha256:" HEX_A, "cert:sha256:" HEX_C,
		"sha256:" HEX_A, "sha256:" HEX_B, "sha256:" HEX_C,
		"verity:sha256:" HEX_A, "verity:sha256:" HEX_C,
	};
	struct rivet_digest digests[ARRAY_SIZE(texts)];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		rivet_digest_parse(texts[i], strlen(texts[i]), &digests[i]);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		for (j = 0; j < ARRAY_SIZE(texts); j++) {
			int order = sign(rivet_digest_compare(&digests[i], &digests[j]));

			unit_eq(order, sign(strcmp(texts[i], texts[j])), "order %zu %zu", i, j);
			unit_eq(rivet_digest_equal(&digests[i], &digests[j]), i == j,
				"equal %zu %zu", i, j);
		}
	}
}

int main(void)
{
	test_parse();
	test_every_byte();
	test_format();
	test_compare();
	return unit_done();
}
