// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - certificates: the checks before one may verify signatures
 *
 * The kernel has parsed the certificate into the payload of an asymmetric key, which this
 * file checks. It refuses weak algorithms (counter-measures CM14 and CM15 of
 * ETSI TR 103 167).
 */
#include <crypto/public_key.h>
#include <crypto/sha2.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat/keys.h"
#include "text/der.h"
#include "text/digest.h"
#include "trust/cert.h"

#define RSA_BITS_MIN	3072
#define DER_VERSION	0xa0	/* [0] before the serial number */
#define KEY_ID_SHOWN	20	/* bytes of a key identifier: the length of a SHA-1 digest */

static int refuse(int error, const char **why, const char *reason)
{
	*why = reason;
	return error;
}

/**
 * rivet_cert_open() - check that a key is an X.509 certificate
 * @cert: filled in
 * @type: type of the key
 * @payload: its payload
 * @why: set to a reason if it is not
 *
 * Context: any; the caller keeps @payload.
 * Return: 0; -EOPNOTSUPP if it is another type of key; -EINVAL if it is a
 * bare or private key; -EKEYREJECTED if the kernel cannot check its signature.
 */
int rivet_cert_open(struct rivet_cert *cert, const struct key_type *type,
		    const union key_payload *payload, const char **why)
{
	if (type != &key_type_asymmetric)
		return refuse(-EOPNOTSUPP, why,
			      "it is no certificate: only X.509 certificates go here, as keys of type asymmetric");
	cert->pub = payload->data[asym_crypto];
	cert->sig = payload->data[asym_auth];
	cert->ids = payload->data[asym_key_ids];
	if (payload->data[asym_subtype] != &public_key_subtype || !cert->pub || !cert->ids ||
	    !cert->ids->id[0] || cert->pub->key_is_private ||
	    !cert->pub->id_type || strcmp(cert->pub->id_type, "X509"))
		return refuse(-EINVAL, why, "it is a key without an X.509 certificate");
	if (!cert->sig)
		return refuse(-EKEYREJECTED, why,
			      "it is signed with an algorithm that this kernel lacks: sign it with RSA or ECDSA and SHA-256");
	return 0;
}

/* Bits of the modulus in an RSAPublicKey ::= SEQUENCE { n, e }, RFC 8017 A.1.1; 0 if it is none */
static unsigned int count_rsa_bits(const struct public_key *pub)
{
	struct rivet_der in = { .ptr = pub->key, .len = pub->keylen }, key, n;

	if (!rivet_der_take(&in, RIVET_DER_SEQUENCE, &key) || !rivet_der_take_integer(&key, &n))
		return 0;
	while (n.len && !*n.ptr) {
		n.ptr++;
		n.len--;
	}
	return n.len ? (n.len - 1) * 8 + fls(*n.ptr) : 0;
}

static bool word_is_in(const char *word, const char *const *list, size_t count)
{
	return word && match_string(list, count, word) >= 0;
}

static bool is_rsa(const struct rivet_cert *cert)
{
	return !strcmp(cert->pub->pkey_algo, "rsa");
}

/**
 * rivet_cert_check_strength() - refuse weak certificates
 * @cert: a certificate
 * @why: set to a reason if it is weak
 *
 * Accepted: RSA of 3072 bits and more, ECDSA on P-256, P-384 and P-521; a
 * certificate signed over SHA-2 or SHA-3 of 256 bits and more.
 *
 * Context: any.
 * Return: 0 or -EKEYREJECTED.
 */
int rivet_cert_check_strength(const struct rivet_cert *cert, const char **why)
{
	static const char *const curves[] = {
		"ecdsa-nist-p256", "ecdsa-nist-p384", "ecdsa-nist-p521",
	};
	static const char *const hashes[] = {
		"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512",
	};

	if (is_rsa(cert) && count_rsa_bits(cert->pub) < RSA_BITS_MIN)
		return refuse(-EKEYREJECTED, why,
			      "its RSA key is shorter than 3072 bits: make one of 3072 or more, or use ECDSA P-256");
	if (!is_rsa(cert) && !word_is_in(cert->pub->pkey_algo, curves, ARRAY_SIZE(curves)))
		return refuse(-EKEYREJECTED, why,
			      "its key is neither RSA nor ECDSA on P-256, P-384 or P-521");
	if (!word_is_in(cert->sig->hash_algo, hashes, ARRAY_SIZE(hashes)))
		return refuse(-EKEYREJECTED, why,
			      "it is signed over a weak hash: sign it over SHA-256 or better");
	return 0;
}

/**
 * rivet_cert_check_role() - keep CAs and signers apart
 * @cert: a certificate
 * @ca: whether it shall be a CA
 * @why: set to a reason if it is not fit for that
 *
 * A CA among the signers would let any certificate under it sign. Kernels
 * before 6.4 do not tell CAs apart; there this permits everything.
 *
 * Context: any.
 * Return: 0 or -EKEYREJECTED.
 */
int rivet_cert_check_role(const struct rivet_cert *cert, bool ca, const char **why)
{
	bool is_ca = rivet_compat_key_eflag(cert->pub, KEY_EFLAG_CA);
	bool may_certify = rivet_compat_key_eflag(cert->pub, KEY_EFLAG_KEYCERTSIGN);

	if (!RIVET_KEY_EFLAGS_AVAILABLE)
		return 0;
	if (!ca && (is_ca || may_certify))
		return refuse(-EKEYREJECTED, why,
			      "it is the certificate of a CA: a CA belongs in .rivet_ca, a signer's own certificate here");
	if (ca && !(is_ca && may_certify))
		return refuse(-EKEYREJECTED, why,
			      "it is not the certificate of a CA (basicConstraints CA:TRUE, keyUsage keyCertSign): a signer belongs in .rivet_trust");
	return 0;
}

/**
 * struct part - one part of the input of a fingerprint
 * @data: its bytes; may be NULL if @len is 0
 * @len: their number
 */
struct part {
	const void *data;
	u32 len;
};

static struct part part_of_id(const struct asymmetric_key_id *id)
{
	return (struct part){ .data = id ? id->data : NULL, .len = id ? id->len : 0 };
}

static u8 *append(u8 *p, const void *data, size_t len)
{
	memcpy(p, data, len);
	return p + len;
}

static int hash_parts(const struct part *parts, size_t count, u8 out[SHA256_DIGEST_SIZE])
{
	size_t size = 0, i;
	u8 *buf, *p;

	for (i = 0; i < count; i++)
		size += sizeof(parts[i].len) + parts[i].len;
	buf = kmalloc(size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	for (p = buf, i = 0; i < count; i++) {
		p = append(p, &parts[i].len, sizeof(parts[i].len));
		p = append(p, parts[i].data, parts[i].len);
	}
	sha256(buf, size, out);
	kfree(buf);
	return 0;
}

/**
 * rivet_cert_fingerprint() - compute the fingerprint that recognises a certificate
 * @cert: a certificate
 * @out: SHA-256 over its key and all names by which it is found
 *
 * Covers everything that a later verification uses. It is compared only inside
 * this kernel and is not the digest that openssl prints.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_cert_fingerprint(const struct rivet_cert *cert, u8 out[SHA256_DIGEST_SIZE])
{
	const struct public_key *pub = cert->pub;
	const struct part parts[] = {
		{ pub->pkey_algo, strlen(pub->pkey_algo) },
		{ &pub->algo, sizeof(pub->algo) },
		{ pub->key, pub->keylen },
		{ pub->params, pub->paramlen },
		part_of_id(cert->ids->id[0]),
		part_of_id(cert->ids->id[1]),
		part_of_id(cert->ids->id[2]),
	};

	return hash_parts(parts, ARRAY_SIZE(parts), out);
}

/* The algorithm that TBSCertificate ::= SEQUENCE { version, serialNumber, signature, ... } names */
static bool find_inner_algorithm(struct rivet_der tbs, struct rivet_der *algorithm)
{
	struct rivet_der value;

	if (rivet_der_next_is(&tbs, DER_VERSION, DER_VERSION))
		rivet_der_take(&tbs, DER_VERSION, &value);
	return rivet_der_take_integer(&tbs, &value) &&
	       rivet_der_take(&tbs, RIVET_DER_SEQUENCE, algorithm);
}

/* RSA signatures have one form, which the kernel checks; those of ECDSA are two integers */
static bool signature_is_strict(const struct rivet_cert *cert, struct rivet_der bits)
{
	struct rivet_der pair, value;

	if (bits.len < 2 || bits.ptr[0])
		return false;
	if (!strcmp(cert->sig->pkey_algo, "rsa"))
		return true;
	bits.ptr++;
	bits.len--;
	return rivet_der_take(&bits, RIVET_DER_SEQUENCE, &pair) && !bits.len &&
	       rivet_der_take_integer(&pair, &value) && rivet_der_take_integer(&pair, &value) &&
	       !pair.len;
}

static bool cert_is_strict(const struct rivet_cert *cert, struct rivet_der in)
{
	struct rivet_der whole, tbs, inner, outer, bits;

	return rivet_der_is_well_formed(in) &&
	       rivet_der_take(&in, RIVET_DER_SEQUENCE, &whole) && !in.len &&
	       rivet_der_take(&whole, RIVET_DER_SEQUENCE, &tbs) &&
	       rivet_der_take(&whole, RIVET_DER_SEQUENCE, &outer) &&
	       rivet_der_take(&whole, RIVET_DER_BITS, &bits) && !whole.len &&
	       find_inner_algorithm(tbs, &inner) && inner.len == outer.len &&
	       !memcmp(inner.ptr, outer.ptr, inner.len) && signature_is_strict(cert, bits);
}

/**
 * rivet_cert_digest() - compute the digest by which revocations name a certificate
 * @cert: a certificate
 * @der: the bytes of its encoding
 * @len: their number
 * @out: SHA-256 over them, as openssl prints it
 * @why: set to a reason if it is refused
 *
 * The parts around the signed part of a certificate have many possible encodings, and
 * the kernel's parser accepts most of them: an extra byte at the end, or a longer form
 * of a length. A revoked certificate could return under another digest. So only the
 * form that DER prescribes is accepted (X.509, RFC 5280 section 4.1). One gap
 * remains: each ECDSA signature has a twin that verifies as well.
 *
 * Context: any.
 * Return: 0 or -EKEYREJECTED.
 */
int rivet_cert_digest(const struct rivet_cert *cert, const u8 *der, size_t len,
		      struct rivet_digest *out, const char **why)
{
	const struct rivet_der in = { .ptr = der, .len = len };

	if (!cert_is_strict(cert, in))
		return refuse(-EKEYREJECTED, why,
			      "it is not strictly DER: write it again with openssl x509 -outform DER");
	out->alg = RIVET_DIGEST_CERT_SHA256;
	sha256(der, len, out->bytes);
	return 0;
}

/**
 * rivet_cert_format() - describe a certificate in one line
 * @cert: a certificate
 * @buf: set to "id=HEX alg=NAME", terminated: the subject key identifier, or
 *	serial number and issuer if it has none, cut to 20 bytes
 * @size: bytes of @buf; RIVET_CERT_TEXT_MAX hold every text
 *
 * Context: any.
 */
void rivet_cert_format(const struct rivet_cert *cert, char *buf, size_t size)
{
	const struct asymmetric_key_id *id = cert->ids->id[1] ?: cert->ids->id[0];
	int len = min_t(int, id->len, KEY_ID_SHOWN);

	if (is_rsa(cert))
		snprintf(buf, size, "id=%*phN alg=rsa-%u", len, id->data,
			 count_rsa_bits(cert->pub));
	else
		snprintf(buf, size, "id=%*phN alg=%s", len, id->data, cert->pub->pkey_algo);
}
