// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - signed objects, tested; signatures of real tools are in signature_test.c
 */
#include <linux/limits.h>

#include "der_text.h"
#include "object/split.h"
#include "unit.h"

static const struct {
	const char *label;
	struct rivet_slice text;
	enum rivet_object_kind kind;
} kind_cases[] = {
	{ "manifest", BYTES("riv-manifest 1\nname: a\n"), RIVET_OBJECT_MANIFEST },
	{ "policy", BYTES("policy_name=a policy_version=1.0.0\n"), RIVET_OBJECT_POLICY },
	{ "unlock", BYTES("riv-unlock 1\nnonce: \n"), RIVET_OBJECT_UNLOCK },
	{ "nothing", BYTES(""), RIVET_OBJECT_UNKNOWN },
	{ "NUL", BYTES("\0"), RIVET_OBJECT_UNKNOWN },
	{ "manifest without end", BYTES("riv-manifest 1"), RIVET_OBJECT_UNKNOWN },
	{ "manifest 10", BYTES("riv-manifest 10\n"), RIVET_OBJECT_UNKNOWN },
	{ "manifest 2", BYTES("riv-manifest 2\n"), RIVET_OBJECT_UNKNOWN },
	{ "manifest with CR", BYTES("riv-manifest 1\r\n"), RIVET_OBJECT_UNKNOWN },
	{ "manifest after a byte order mark", BYTES("\xef\xbb\xbfriv-manifest 1\n"),
	  RIVET_OBJECT_UNKNOWN },
	{ "upper case", BYTES("RIV-MANIFEST 1\n"), RIVET_OBJECT_UNKNOWN },
	{ "policy after a comment", BYTES("# x\npolicy_name=a\n"), RIVET_OBJECT_UNKNOWN },
	{ "policy cut off", BYTES("policy_name"), RIVET_OBJECT_UNKNOWN },
	{ "unlock 2", BYTES("riv-unlock 2\n"), RIVET_OBJECT_UNKNOWN },
};

static void test_kind(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind_cases); i++) {
		size_t len = kind_cases[i].text.len;
		char *text = unit_copy(kind_cases[i].text.ptr, len);

		unit_eq(rivet_object_kind(text, len), kind_cases[i].kind, "kind: %s",
			kind_cases[i].label);
	}
}

#define TEXT "policy_name=a policy_version=1.0.0\n"

static char buf[RIVET_MANIFEST_MAX + 2 * RIVET_SIGNATURE_MAX];

/* An object of these parts; the signature need not be one here */
static size_t put_object(const char *text, size_t text_len, size_t signature_len,
			 const u8 trailer[RIVET_OBJECT_TRAILER])
{
	size_t len = text_len;

	memmove(buf, text, text_len);
	memset(buf + len, 's', signature_len);
	len += signature_len;
	memcpy(buf + len, trailer, RIVET_OBJECT_TRAILER);
	len += RIVET_OBJECT_TRAILER;
	memcpy(buf + len, RIVET_OBJECT_MAGIC, sizeof(RIVET_OBJECT_MAGIC) - 1);
	return len + sizeof(RIVET_OBJECT_MAGIC) - 1;
}

static int split(size_t len, const char *label)
{
	struct rivet_parse_error err = {};
	struct rivet_object object;
	char *copy = unit_copy(buf, len);
	int ret = rivet_object_split(copy, len, &object, &err);

	unit_eq(rivet_object_split(copy, len, &object, NULL), ret, "nobody asks: %s", label);
	unit_ok(!ret || err.expected, "says why: %s", label);
	unit_eq(err.line, err.column, "as a whole or at the start: %s", label);
	free(copy);
	return ret;
}

static const struct {
	const char *label;
	u8 trailer[RIVET_OBJECT_TRAILER];
	int ret;
} trailer_cases[] = {
	{ "10 bytes", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, 0 },
	{ "9 bytes, the rest is text", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 9 }, 0 },
	{ "no bytes", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, -EBADMSG },
	{ "all bytes", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 45 }, -EBADMSG },
	{ "all bytes but one", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 44 }, -EBADMSG },
	{ "more than all", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 46 }, -EBADMSG },
	{ "16384 bytes, not there", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x40, 0 }, -EBADMSG },
	{ "16385 bytes", { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x40, 1 }, -EBADMSG },
	{ "4 GiB", { 0, 0, 2, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, -EBADMSG },
	{ "2 GiB", { 0, 0, 2, 0, 0, 0, 0, 0, 0x80, 0, 0, 0 }, -EBADMSG },
	{ "little endian", { 0, 0, 2, 0, 0, 0, 0, 0, 10, 0, 0, 0 }, -EBADMSG },
	{ "algorithm", { 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "hash", { 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "id type PGP", { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "id type X.509", { 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "id type 3", { 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "signer length", { 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "key id length", { 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "first padding", { 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "second padding", { 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 10 }, -EBADMSG },
	{ "third padding", { 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 10 }, -EBADMSG },
};

static void test_trailers(void)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(trailer_cases); i++) {
		len = put_object(TEXT, sizeof(TEXT) - 1, 10, trailer_cases[i].trailer);
		unit_eq(split(len, trailer_cases[i].label), trailer_cases[i].ret, "trailer: %s",
			trailer_cases[i].label);
	}
}

static void test_parts(void)
{
	struct rivet_object object = {};
	u8 trailer[RIVET_OBJECT_TRAILER];
	size_t len;

	rivet_object_trailer(300, trailer);
	len = put_object(TEXT, sizeof(TEXT) - 1, 300, trailer);
	unit_eq(rivet_object_split(buf, len, &object, NULL), 0, "split");
	unit_eq(object.kind, RIVET_OBJECT_POLICY, "kind");
	unit_ok(object.text == buf && object.text_len == sizeof(TEXT) - 1, "text");
	unit_ok(object.signature == (u8 *)buf + sizeof(TEXT) - 1, "signature");
	unit_eq(object.signature_len, 300, "its length");
	rivet_object_trailer(RIVET_SIGNATURE_MAX, trailer);
	len = put_object(TEXT, sizeof(TEXT) - 1, RIVET_SIGNATURE_MAX, trailer);
	unit_eq(split(len, "largest"), 0, "largest signature");
}

static void test_unsigned(void)
{
	static const char magic[] = RIVET_OBJECT_MAGIC;
	u8 trailer[RIVET_OBJECT_TRAILER];
	size_t len;

	unit_eq(rivet_object_split(NULL, 0, &(struct rivet_object){}, NULL), -EKEYREJECTED,
		"nothing at all");
	memcpy(buf, TEXT, sizeof(TEXT) - 1);
	unit_eq(split(sizeof(TEXT) - 1, "text"), -EKEYREJECTED, "text without signature");
	memcpy(buf, magic, sizeof(magic) - 1);
	unit_eq(split(sizeof(magic) - 1, "mark"), -EBADMSG, "end mark alone");
	unit_eq(split(sizeof(magic) - 2, "most"), -EKEYREJECTED, "end mark without line feed");

	rivet_object_trailer(10, trailer);
	len = put_object(TEXT, sizeof(TEXT) - 1, 10, trailer);
	unit_eq(split(len - 1, "cut"), -EKEYREJECTED, "object cut off");
	buf[len] = '\n';
	unit_eq(split(len + 1, "more"), -EKEYREJECTED, "object with a line feed more");
	len = put_object("", 0, 10, trailer);
	unit_eq(split(len, "no text"), -EBADMSG, "no text");
	len = put_object("x\n", 2, 10, trailer);
	unit_eq(split(len, "x"), -EBADMSG, "text of no kind");
}

static void test_cap(const char *first_line, size_t cap)
{
	u8 trailer[RIVET_OBJECT_TRAILER];
	struct rivet_parse_error err = {};
	struct rivet_object object;
	size_t len;

	rivet_object_trailer(100, trailer);
	memset(buf, 'a', cap + 1);
	memcpy(buf, first_line, strlen(first_line));
	len = put_object(buf, cap, 100, trailer);
	unit_eq(rivet_object_split(buf, len, &object, &err), 0, "largest: %s", first_line);
	len = put_object(buf, cap + 1, 100, trailer);
	unit_eq(rivet_object_split(buf, len, &object, &err), -EFBIG, "larger: %s", first_line);
	unit_place(&err, 0, 0, "as a whole: %s", first_line);
}

static void test_truncations(void)
{
	u8 trailer[RIVET_OBJECT_TRAILER];
	unsigned int accepted = 0;
	size_t len, all;

	rivet_object_trailer(40, trailer);
	all = put_object(TEXT, sizeof(TEXT) - 1, 40, trailer);
	for (len = 0; len < all; len++) {
		char *copy = unit_copy(buf, len);
		struct rivet_object object;

		accepted += !rivet_object_split(copy, len, &object, NULL);
		free(copy);
	}
	unit_eq(accepted, 0, "every truncation is refused");
}

/* Signatures put together by hand: the good one, and one thing wrong in each other */

static const struct {
	const char *label;
	int ret;
	struct der_signature signature;
} signature_cases[] = {
	{ "good", 0, {} },
	{ "good, SHA-384", 0, { .digest = BYTES(DER_SHA384) } },
	{ "good, SHA-512", 0, { .digest = BYTES(DER_SHA512) } },
	{ "good, ECDSA", 0, { .algorithm = BYTES(DER_ECDSA_SHA256) } },
	{ "good, key identifier", 0, { .key_id = 20 } },
	{ "key identifier, version of a signer with a name", -EBADMSG,
	  { .key_id = 20, .signer_version = 1 } },
	{ "name, version of a signer with a key identifier", -EBADMSG, { .signer_version = 3 } },
	{ "signer of version 2", -EBADMSG, { .signer_version = 2 } },
	{ "key identifier of no bytes", -EBADMSG, { .key_id = -1 } },
	{ "good, 8 signers", 0, { .signers = 8 } },
	{ "good, digest without parameters", 0, { .digest = BYTES(DER_SHA256_BARE) } },
	{ "no signers", -EKEYREJECTED, { .signers = -1 } },
	{ "9 signers", -EKEYREJECTED, { .signers = 9 } },
	{ "no digest algorithms", -EKEYREJECTED, { .digests = -1 } },
	{ "9 digest algorithms", -EKEYREJECTED, { .digests = 9 } },
	{ "SHA-1", -EKEYREJECTED, { .digest = BYTES(DER_SHA1) } },
	{ "SHA-224", -EKEYREJECTED, { .digest = BYTES(DER_SHA224) } },
	{ "MD5", -EKEYREJECTED, { .digest = BYTES(DER_MD5) } },
	{ "SHA-1 of the signer alone", -EKEYREJECTED, { .signer_digest = BYTES(DER_SHA1) } },
	{ "SHA-1 in the list alone", -EKEYREJECTED, { .digest = BYTES(DER_SHA1),
						      .signer_digest = BYTES(DER_SHA256) } },
	{ "digest with parameters", -EBADMSG, { .digest = BYTES(DER_SHA256_ODD) } },
	{ "digest with more than NULL", -EBADMSG, { .digest = BYTES(DER_SHA256_TWO) } },
	{ "RSA-PSS", -EKEYREJECTED, { .algorithm = BYTES(DER_RSA_PSS) } },
	{ "ECDSA with SHA-1", -EKEYREJECTED, { .algorithm = BYTES(DER_ECDSA_SHA1) } },
	{ "RSA of 2040 bits", -EKEYREJECTED, { .signature_len = 255 } },
	{ "RSA of 4096 bits", 0, { .signature_len = 512 } },
	{ "empty signature", -EBADMSG, { .algorithm = BYTES(DER_ECDSA_SHA256),
					 .signature_len = -1 } },
	{ "certificates", -EKEYREJECTED, { .after_content = BYTES("\xa0\x02\x30\x00") } },
	{ "room for certificates", -EKEYREJECTED, { .after_content = BYTES("\xa0\x00") } },
	{ "CRLs", -EKEYREJECTED, { .after_content = BYTES("\xa1\x02\x30\x00") } },
	{ "list of certificates", -EKEYREJECTED, { .after_content = BYTES("\xa2\x02\x30\x00") } },
	{ "something after the content", -EBADMSG, { .after_content = BYTES("\x30\x02\x30\x00") } },
	{ "attached content", -EKEYREJECTED, { .in_content = BYTES("\xa0\x03\x04\x01x") } },
	{ "something in the content", -EBADMSG, { .in_content = BYTES("\x04\x01x") } },
	{ "signed attributes", -EKEYREJECTED, { .attributes = BYTES("\xa0\x02\x30\x00") } },
	{ "sequence of attributes", -EBADMSG, { .attributes = BYTES("\xa2\x02\x30\x00") } },
	{ "unsigned attributes", -EKEYREJECTED, { .after_signature = BYTES("\xa1\x02\x30\x00") } },
	{ "something after the signature", -EBADMSG, { .after_signature = BYTES("\x05\x00") } },
	{ "something after the signers", -EBADMSG, { .after_signers = BYTES("\x31\x02\x30\x00") } },
	{ "something after the data", -EBADMSG, { .after_data = BYTES("\x05\x00") } },
	{ "something after the info", -EBADMSG, { .after_info = BYTES("\x05\x00") } },
	{ "something after it all", -EBADMSG, { .after_all = BYTES("\x05\x00") } },
	{ "a byte after it all", -EBADMSG, { .after_all = BYTES("x") } },
	{ "a line feed after it all", -EBADMSG, { .after_all = BYTES("\n") } },
	{ "content that is not data", -EKEYREJECTED, { .content_type = 2 } },
	{ "not signedData but data", -EKEYREJECTED, { .type = 1 } },
	{ "not signedData but envelopedData", -EKEYREJECTED, { .type = 3 } },
	{ "version 0", -EBADMSG, { .version = -1 } },
	{ "version 2", -EBADMSG, { .version = 2 } },
	{ "version 3", 0, { .version = 3 } },
	{ "version 4", -EBADMSG, { .version = 4 } },
	{ "version 127", -EBADMSG, { .version = 127 } },
	{ "serial not minimal", -EBADMSG, { .serial = BYTES("\x02\x02\x00\x01") } },
	{ "serial not minimal, negative", -EBADMSG, { .serial = BYTES("\x02\x02\xff\x80") } },
	{ "serial, negative and minimal", 0, { .serial = BYTES("\x02\x02\xff\x7f") } },
	{ "serial with a zero that it needs", 0, { .serial = BYTES("\x02\x02\x00\x80") } },
	{ "empty serial", -EBADMSG, { .serial = BYTES("\x02\x00") } },
	{ "serial that is a string", -EBADMSG, { .serial = BYTES("\x04\x01x") } },
	{ "more after the serial", -EBADMSG, { .serial = BYTES("\x02\x01\x01\x05\x00") } },
	{ "indefinite length", -EBADMSG, { .serial = BYTES("\x30\x80") } },
	{ "indefinite length, were it 128 bytes", -EBADMSG,
	  { .name = BYTES("\x0c\x80" HEX_A HEX_A) } },
	{ "128 bytes", 0, { .name = BYTES("\x0c\x81\x80" HEX_A HEX_A) } },
	{ "length in two bytes where one will do", -EBADMSG,
	  { .serial = BYTES("\x02\x81\x01\x01") } },
	{ "length in three bytes where two will do", -EBADMSG,
	  { .serial = BYTES("\x02\x82\x01\x01\x01") } },
	{ "length of four bytes", -EBADMSG, { .serial = BYTES("\x02\x84\x01\x01\x01\x01\x01") } },
	{ "length past the end", -EBADMSG, { .serial = BYTES("\x02\x7f\x01") } },
	{ "reserved length", -EBADMSG, { .serial = BYTES("\x02\xff\x01") } },
	{ "high tag number", -EBADMSG, { .name = BYTES("\x1f\x01x") } },
	{ "end of contents", -EBADMSG, { .name = BYTES("\x00\x01x") } },
	{ "constructed string in the name", -EBADMSG, { .name = BYTES("\x2c\x03\x0c\x01x") } },
	{ "primitive sequence in the name", -EBADMSG, { .name = BYTES("\x10\x01x") } },
	{ "broken element in the name", -EBADMSG, { .name = BYTES("\x31\x03\x02\x05\x01") } },
	{ "name", 0,
	  { .name = BYTES("\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03\x61\x62\x63") } },
	{ "deep name", 0, { .depth = 9 } },
	{ "too deep name", -EBADMSG, { .depth = 10 } },
	{ "far too deep name", -EBADMSG, { .depth = 100 } },
};

static struct rivet_signers read_signers(const struct der_signature *from)
{
	static u8 der[DER_SIGNATURE_MAX];
	struct rivet_signers signers = {};
	size_t len = der_signature_build(from, der);

	unit_eq(rivet_object_signers(der, len, &signers, NULL), 0, "signers: read");
	return signers;
}

/* The arguments of the verification: every part of the signature, and of the right signer */
static void test_signers(void)
{
	static const struct der_signature by_itself = {
		.signer_digest = BYTES(DER_SHA256), .digest = BYTES(DER_SHA512),
	};
	struct rivet_signers s = read_signers(&(struct der_signature){
		.signers = 8, .serial = BYTES("\x02\x02\x00\x80"), .digest = BYTES(DER_SHA512),
		.name = BYTES("\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03\x61\x62\x63") });
	const struct rivet_signer *last = &s.of[7];

	unit_eq(s.count, 8, "signers: all of them");
	unit_eq(last->serial.len, 2, "signers: serial number with its zero");
	unit_eq(last->serial.ptr[1], 0x80, "signers: serial number");
	unit_eq(last->issuer.len, 14, "signers: contents of the name");
	unit_eq(last->issuer.ptr[13], 'c', "signers: name");
	unit_eq(last->key_id.len, 0, "signers: no key identifier");
	unit_eq(last->hash, RIVET_SIGNED_SHA512, "signers: SHA-512");
	unit_ok(last->rsa, "signers: RSA");
	unit_eq(last->value.len, 256, "signers: length of the signature");
	unit_ok(last->value.ptr > s.of[6].value.ptr, "signers: each its own signature");
	s = read_signers(&(struct der_signature){
		.key_id = 20, .algorithm = BYTES(DER_ECDSA_SHA256), .digest = BYTES(DER_SHA384) });
	unit_eq(s.count, 1, "signers: one, though two algorithms are listed");
	unit_eq(s.of[0].key_id.len, 20, "signers: key identifier");
	unit_eq(s.of[0].key_id.ptr[19], 0x4b, "signers: its bytes");
	unit_eq(s.of[0].serial.len, 0, "signers: no serial number");
	unit_eq(s.of[0].hash, RIVET_SIGNED_SHA384, "signers: SHA-384");
	unit_ok(!s.of[0].rsa, "signers: ECDSA");
	s = read_signers(&by_itself);
	unit_eq(s.of[0].hash, RIVET_SIGNED_SHA256, "signers: by its own digest, not the list's");
}

static void test_signatures(void)
{
	u8 der[DER_SIGNATURE_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signature_cases); i++) {
		struct rivet_parse_error err = {};
		size_t len = der_signature_build(&signature_cases[i].signature, der);
		u8 *copy = (u8 *)unit_copy(der, len);
		int ret = rivet_object_check_signature(copy, len, &err);

		unit_eq(ret, signature_cases[i].ret, "signature: %s", signature_cases[i].label);
		unit_ok(!ret || err.expected, "says why: %s", signature_cases[i].label);
		unit_ok(!err.line && !err.column, "as a whole: %s", signature_cases[i].label);
		if (ret != signature_cases[i].ret && err.expected)
			unit_note("expected %s", err.expected);
		unit_eq(rivet_object_check_signature(copy, len, NULL), ret, "nobody asks: %s",
			signature_cases[i].label);
		free(copy);
	}
}

/* Well-formed DER that ends before it says anything */
static const struct rivet_slice bare_cases[] = {
	BYTES("\x30\x00"),
	BYTES("\x31\x00"),
	BYTES("\x05\x00"),
	BYTES("\x30\x02\x30\x00"),
	BYTES("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
	BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x00"),
	BYTES("\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x02\x30\x00"),
	BYTES("\x30\x12\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x05\x30\x03\x02\x01\x01"),
};

static void test_bare_signatures(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bare_cases); i++) {
		size_t len = bare_cases[i].len;
		u8 *copy = (u8 *)unit_copy(bare_cases[i].ptr, len);

		unit_eq(rivet_object_check_signature(copy, len, NULL), -EBADMSG, "bare %zu", i);
		free(copy);
	}
}

static void test_signature_lengths(void)
{
	u8 der[DER_SIGNATURE_MAX];
	size_t len = der_signature_build(&(struct der_signature){}, der), cut;
	static u8 large[RIVET_SIGNATURE_MAX + 1];
	unsigned int accepted = 0;

	for (cut = 0; cut < len; cut++) {
		u8 *copy = (u8 *)unit_copy(der, cut);

		accepted += rivet_object_check_signature(copy, cut, NULL) != -EBADMSG;
		free(copy);
	}
	unit_eq(accepted, 0, "signature: every truncation is malformed");
	unit_eq(rivet_object_check_signature(NULL, 0, NULL), -EBADMSG, "signature: none");
	unit_eq(rivet_object_check_signature(large, sizeof(large), NULL), -EBADMSG,
		"signature: too large");
}

/* Each byte of a signature replaced by each other one: no answer but the three */
static void test_signature_flips(void)
{
	u8 der[DER_SIGNATURE_MAX];
	size_t len = der_signature_build(&(struct der_signature){}, der), pos;
	u8 *copy = (u8 *)unit_copy(der, len);
	unsigned int odd = 0;
	int byte, ret;

	for (pos = 0; pos < len; pos++) {
		for (byte = 0; byte < 256; byte++) {
			copy[pos] = byte;
			ret = rivet_object_check_signature(copy, len, NULL);
			odd += ret && ret != -EBADMSG && ret != -EKEYREJECTED;
		}
		copy[pos] = der[pos];
	}
	unit_eq(odd, 0, "signature: every byte changed");
}

int main(void)
{
	test_kind();
	test_trailers();
	test_parts();
	test_unsigned();
	test_cap("riv-manifest 1\n", RIVET_MANIFEST_MAX);
	test_cap("policy_name=", RIVET_POLICY_MAX);
	test_cap("riv-unlock 1\n", RIVET_UNLOCK_MAX);
	test_truncations();
	test_signatures();
	test_signers();
	test_bare_signatures();
	test_signature_lengths();
	test_signature_flips();
	return unit_done();
}
