// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - signed objects: a text followed by an appended signature
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "object/split.h"
#include "text/der.h"

#define MAGIC_LEN	(sizeof(RIVET_OBJECT_MAGIC) - 1)

/* Bytes of struct module_signature; those not named are zero for PKCS#7 */
#define TRAILER_ID_TYPE	2
#define TRAILER_SIG_LEN	8	/* 32 bits, big endian, to the end */
#define ID_TYPE_PKCS7	2

static bool begins_with(const char *text, size_t len, const char *prefix)
{
	struct rivet_slice rest = { .ptr = text, .len = len };

	return rivet_slice_take_prefix(&rest, prefix);
}

/**
 * rivet_object_kind() - determine the kind of a text from its first line
 * @text: the text
 * @len: its bytes
 *
 * Context: Any.
 * Return: the kind, or RIVET_OBJECT_UNKNOWN.
 */
enum rivet_object_kind rivet_object_kind(const char *text, size_t len)
{
	if (begins_with(text, len, "riv-manifest 1\n"))
		return RIVET_OBJECT_MANIFEST;
	if (begins_with(text, len, "policy_name="))
		return RIVET_OBJECT_POLICY;
	if (begins_with(text, len, "riv-unlock 1\n"))
		return RIVET_OBJECT_UNLOCK;
	if (begins_with(text, len, "riv-rejoin 1\n"))
		return RIVET_OBJECT_REJOIN;
	return RIVET_OBJECT_UNKNOWN;
}

static int reject(struct rivet_parse_error *err, const char *expected)
{
	rivet_parse_fail(err, 0, 0, expected);
	return -EKEYREJECTED;
}

/* Length of the signature according to the trailer, 0 if it is no trailer of PKCS#7 */
static size_t read_trailer(const u8 trailer[RIVET_OBJECT_TRAILER])
{
	u8 want[RIVET_OBJECT_TRAILER];
	u32 len = 0;
	int i;

	for (i = TRAILER_SIG_LEN; i < RIVET_OBJECT_TRAILER; i++)
		len = len << 8 | trailer[i];
	rivet_object_trailer(len, want);
	return memcmp(want, trailer, sizeof(want)) ? 0 : len;
}

static int check_text(const struct rivet_object *object, struct rivet_parse_error *err)
{
	static const struct {
		size_t max;
		const char *expected;
	} caps[] = {
		[RIVET_OBJECT_MANIFEST] = { RIVET_MANIFEST_MAX, "a manifest of at most 64 MiB" },
		[RIVET_OBJECT_POLICY] = { RIVET_POLICY_MAX, "a policy of at most 1 MiB" },
		[RIVET_OBJECT_UNLOCK] = { RIVET_UNLOCK_MAX, "an unlock token of at most 4 KiB" },
		[RIVET_OBJECT_REJOIN] = { RIVET_UNLOCK_MAX, "a rejoin token of at most 4 KiB" },
	};

	if (object->kind == RIVET_OBJECT_UNKNOWN)
		return rivet_parse_fail(err, 1, 1,
					"a first line of 'riv-manifest 1', 'policy_name=', 'riv-unlock 1' or 'riv-rejoin 1'");
	if (object->text_len > caps[object->kind].max) {
		rivet_parse_fail(err, 0, 0, caps[object->kind].expected);
		return -EFBIG;
	}
	return 0;
}

/**
 * rivet_object_split() - split a signed object into text and signature
 * @data: the whole object
 * @len: its bytes
 * @out: its parts, which point into @data; undefined on error
 * @err: position and reason of a refusal; may be NULL
 *
 * This verifies nothing and does not parse the signature.
 *
 * Context: Any.
 * Return: 0; -EKEYREJECTED if no signature is appended; -EBADMSG if the appended
 * data is malformed or the text is of no known kind; -EFBIG if the text is too
 * large for its kind.
 */
int rivet_object_split(const void *data, size_t len, struct rivet_object *out,
		       struct rivet_parse_error *err)
{
	const char *text = data;

	if (len < MAGIC_LEN || memcmp(text + len - MAGIC_LEN, RIVET_OBJECT_MAGIC, MAGIC_LEN))
		return reject(err, "an appended signature");
	len -= MAGIC_LEN;
	if (len < RIVET_OBJECT_TRAILER)
		return rivet_parse_fail(err, 0, 0, "the signature's length before its end mark");
	len -= RIVET_OBJECT_TRAILER;
	out->signature_len = read_trailer((const u8 *)text + len);
	if (!out->signature_len || out->signature_len > RIVET_SIGNATURE_MAX)
		return rivet_parse_fail(err, 0, 0, "a PKCS#7 signature of 1 to 16384 bytes");
	if (out->signature_len >= len)
		return rivet_parse_fail(err, 0, 0, "a text before the signature");
	out->text = text;
	out->text_len = len - out->signature_len;
	out->signature = (const u8 *)text + out->text_len;
	out->kind = rivet_object_kind(out->text, out->text_len);
	return check_text(out, err);
}

/**
 * rivet_object_trailer() - write the trailer between signature and end mark
 * @signature_len: bytes of the signature, at most RIVET_SIGNATURE_MAX
 * @out: struct module_signature for PKCS#7
 *
 * Context: Any.
 */
void rivet_object_trailer(size_t signature_len, u8 out[RIVET_OBJECT_TRAILER])
{
	int i;

	memset(out, 0, RIVET_OBJECT_TRAILER);
	out[TRAILER_ID_TYPE] = ID_TYPE_PKCS7;
	for (i = RIVET_OBJECT_TRAILER - 1; i >= TRAILER_SIG_LEN; i--) {
		out[i] = signature_len;
		signature_len >>= 8;
	}
}

/* Identifier octets that only signatures have */
#define DER_IMPLICIT_0	0x80	/* [0] in place of a primitive tag */
#define DER_CONTEXT_0	0xa0	/* [0] around, or in place of, a constructed one */
#define DER_CONTEXT_1	0xa1
#define DER_CONTEXT_3	0xa3

/* Object identifiers without their last byte, which is in the range given behind them */
#define OID_PKCS7	"\x2a\x86\x48\x86\xf7\x0d\x01\x07"	/* 1 data, 2 signedData */
#define OID_SHA2	"\x60\x86\x48\x01\x65\x03\x04\x02"	/* 1 SHA-256, 2 -384, 3 -512 */
#define OID_PKCS1	"\x2a\x86\x48\x86\xf7\x0d\x01\x01"	/* 1 rsaEncryption */
#define OID_ECDSA_SHA2	"\x2a\x86\x48\xce\x3d\x04\x03"		/* 2, 3, 4: as OID_SHA2 */

#define RSA_BYTES_MIN	256	/* of a 2048 bit modulus; the signature has the same length */

static int malformed(struct rivet_parse_error *err)
{
	return rivet_parse_fail(err, 0, 0, "a PKCS#7 signature: SignedData in DER and no more");
}

static bool oid_is(struct rivet_der oid, const char *prefix, u8 first, u8 last)
{
	size_t len = strlen(prefix);

	return oid.len == len + 1 && !memcmp(oid.ptr, prefix, len) && oid.ptr[len] >= first &&
	       oid.ptr[len] <= last;
}

/* 1 in PKCS#7 and with issuer and serial, 3 with key identifiers; 0 for any other version */
static int take_version(struct rivet_der *in)
{
	struct rivet_der value;

	if (!rivet_der_take(in, RIVET_DER_INTEGER, &value) || value.len != 1)
		return 0;
	return value.ptr[0] == 1 || value.ptr[0] == 3 ? value.ptr[0] : 0;
}

/* Issuer and serial number, or the subject key identifier, depending on the version */
static bool take_signer_id(struct rivet_der *in, struct rivet_signer *signer)
{
	int version = take_version(in);
	struct rivet_der id;

	if (version == 3)
		return rivet_der_take(in, DER_IMPLICIT_0, &signer->key_id) && signer->key_id.len;
	return version == 1 && rivet_der_take(in, RIVET_DER_SEQUENCE, &id) &&
	       rivet_der_take(&id, RIVET_DER_SEQUENCE, &signer->issuer) &&
	       rivet_der_take_integer(&id, &signer->serial) && !id.len;
}

/* An algorithm with its parameters, which are absent or NULL in all accepted ones */
static bool take_algorithm(struct rivet_der *in, struct rivet_der *oid, bool *has_parameters)
{
	struct rivet_der algorithm, value;

	if (!rivet_der_take(in, RIVET_DER_SEQUENCE, &algorithm) ||
	    !rivet_der_take(&algorithm, RIVET_DER_OID, oid))
		return false;
	*has_parameters = algorithm.len &&
			  (!rivet_der_take(&algorithm, RIVET_DER_NULL, &value) || value.len ||
			   algorithm.len);
	return true;
}

static int take_digest_algorithm(struct rivet_der *in, struct rivet_signer *signer,
				 struct rivet_parse_error *err)
{
	bool has_parameters;
	struct rivet_der oid;

	if (!take_algorithm(in, &oid, &has_parameters))
		return malformed(err);
	if (!oid_is(oid, OID_SHA2, 1, 3))
		return reject(err, "SHA-256 or stronger: sign with -md sha256, sha384 or sha512");
	signer->hash = oid.ptr[oid.len - 1] - 1;
	return has_parameters ? malformed(err) : 0;
}

static int take_signature_value(struct rivet_der *in, struct rivet_signer *signer,
				struct rivet_parse_error *err)
{
	bool has_parameters;
	struct rivet_der oid;

	if (!take_algorithm(in, &oid, &has_parameters))
		return malformed(err);
	signer->rsa = oid_is(oid, OID_PKCS1, 1, 1);
	if (!signer->rsa && !oid_is(oid, OID_ECDSA_SHA2, 2, 4))
		return reject(err, "an RSA (PKCS#1 v1.5) or ECDSA signature");
	if (has_parameters || !rivet_der_take(in, RIVET_DER_OCTETS, &signer->value) ||
	    !signer->value.len)
		return malformed(err);
	if (signer->rsa && signer->value.len < RSA_BYTES_MIN)
		return reject(err, "an RSA key of 2048 bits or more");
	return 0;
}

static int take_signer(struct rivet_der *in, struct rivet_signer *signer,
		       struct rivet_parse_error *err)
{
	static const char no_attributes[] = "a signature without attributes: sign with -noattr";
	struct rivet_der info;
	int ret;

	if (!rivet_der_take(in, RIVET_DER_SEQUENCE, &info) || !take_signer_id(&info, signer))
		return malformed(err);
	ret = take_digest_algorithm(&info, signer, err);
	if (ret)
		return ret;
	if (rivet_der_next_is(&info, DER_CONTEXT_0, DER_CONTEXT_0))
		return reject(err, no_attributes);
	ret = take_signature_value(&info, signer, err);
	if (ret)
		return ret;
	if (rivet_der_next_is(&info, DER_CONTEXT_1, DER_CONTEXT_1))
		return reject(err, no_attributes);
	return info.len ? malformed(err) : 0;
}

/* A SET of 1 to RIVET_SIGNERS_MAX elements; @take reads each into one of @out */
static int take_set(struct rivet_der *in,
		    int (*take)(struct rivet_der *in, struct rivet_signer *signer,
				struct rivet_parse_error *err),
		    struct rivet_signers *out, struct rivet_parse_error *err)
{
	struct rivet_der set;
	int ret;

	*out = (struct rivet_signers){};
	if (!rivet_der_take(in, RIVET_DER_SET, &set))
		return malformed(err);
	while (set.len && out->count < RIVET_SIGNERS_MAX) {
		ret = take(&set, &out->of[out->count], err);
		if (ret)
			return ret;
		out->count++;
	}
	return out->count && !set.len ? 0 : reject(err, "1 to 8 signers");
}

/* The signed content: plain data outside the signature itself */
static int check_content(struct rivet_der *in, struct rivet_parse_error *err)
{
	struct rivet_der content, oid;

	if (!rivet_der_take(in, RIVET_DER_SEQUENCE, &content) ||
	    !rivet_der_take(&content, RIVET_DER_OID, &oid))
		return malformed(err);
	if (!oid_is(oid, OID_PKCS7, 1, 1))
		return reject(err, "a signature over plain data");
	if (rivet_der_next_is(&content, DER_CONTEXT_0, DER_CONTEXT_0))
		return reject(err, "a detached signature: sign without -nodetach");
	return content.len ? malformed(err) : 0;
}

/* The signers repeat the algorithms that it begins with */
static int take_signed_data(struct rivet_der data, struct rivet_signers *out,
			    struct rivet_parse_error *err)
{
	int ret;

	if (!take_version(&data))
		return malformed(err);
	ret = take_set(&data, take_digest_algorithm, out, err);
	if (!ret)
		ret = check_content(&data, err);
	if (ret)
		return ret;
	if (rivet_der_next_is(&data, DER_CONTEXT_0, DER_CONTEXT_3))
		return reject(err, "a signature without certificates or CRLs: sign with -nocerts");
	ret = take_set(&data, take_signer, out, err);
	if (ret)
		return ret;
	return data.len ? malformed(err) : 0;
}

/**
 * rivet_object_signers() - parse a signature of the one form that rivet accepts
 * @der: PKCS#7 ContentInfo
 * @len: its bytes
 * @out: its signers, which point into @der; undefined on error
 * @err: reason of a refusal; line and column are 0; may be NULL
 *
 * Accepts only the elements that a signed manifest needs (RFC 5652, section 5: SignedData,
 * detached, 1 to 8 signers, no certificates, no attributes, SHA-2, RSA or ECDSA), so that
 * there is one way to sign.
 *
 * Context: Any. This verifies nothing.
 * Return: 0; -EBADMSG if it is not DER or not SignedData; -EKEYREJECTED if it is SignedData
 * of another form.
 */
int rivet_object_signers(const u8 *der, size_t len, struct rivet_signers *out,
			 struct rivet_parse_error *err)
{
	struct rivet_der in = { .ptr = der, .len = len };
	struct rivet_der info, oid, content, data;

	if (len > RIVET_SIGNATURE_MAX || !rivet_der_is_well_formed(in))
		return malformed(err);
	if (!rivet_der_take(&in, RIVET_DER_SEQUENCE, &info) || in.len ||
	    !rivet_der_take(&info, RIVET_DER_OID, &oid))
		return malformed(err);
	if (!oid_is(oid, OID_PKCS7, 2, 2))
		return reject(err, "a PKCS#7 signature, no other kind of message");
	if (!rivet_der_take(&info, DER_CONTEXT_0, &content) || info.len ||
	    !rivet_der_take(&content, RIVET_DER_SEQUENCE, &data) || content.len)
		return malformed(err);
	return take_signed_data(data, out, err);
}

/**
 * rivet_object_check_signature() - check that a signature has the one accepted form
 * @der: PKCS#7 ContentInfo
 * @len: its bytes
 * @err: reason of a refusal; line and column are 0; may be NULL
 *
 * Context: Any. This verifies nothing.
 * Return: as rivet_object_signers().
 */
int rivet_object_check_signature(const u8 *der, size_t len, struct rivet_parse_error *err)
{
	struct rivet_signers signers;

	return rivet_object_signers(der, len, &signers, err);
}
