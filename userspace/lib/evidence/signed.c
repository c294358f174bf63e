// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: whether a TPM's key has signed a report
 */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "lib/base/file.h"
#include "lib/evidence/signed.h"

#define KEY_FILE_MAX	(64 * 1024)
#define DER_MAX		1200	/* an ECDSA signature of two numbers of 512 bytes */

static const char next_key[] =
	"--ak takes the public key in PEM, as: tpm2_readpublic -c HANDLE -f pem -o FILE";

/**
 * signed_read_key() - read the public key of a TPM's key
 * @path: a file in PEM
 * @err: filled on error
 *
 * Return: the key, for EVP_PKEY_free(); NULL on error.
 */
struct evp_pkey_st *signed_read_key(const char *path, struct err *err)
{
	EVP_PKEY *key = NULL;
	struct buffer data;
	BIO *bio;

	if (file_read(path, KEY_FILE_MAX, &data, err))
		return NULL;
	bio = BIO_new_mem_buf(data.data, data.len);
	if (bio)
		key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	buffer_free(&data);
	if (!key)
		err_set(err, EXIT_CONFIG, next_key, "%s: it is no public key", err_name(path));
	return key;
}

/* Returns bytes of DER, 0 on error. */
static size_t ecdsa_der(const struct attest_signature *signature, uint8_t der[DER_MAX])
{
	BIGNUM *r = BN_bin2bn(signature->first.at, signature->first.len, NULL);
	BIGNUM *s = BN_bin2bn(signature->second.at, signature->second.len, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *to = der;
	int len = 0;

	if (r && s && sig && ECDSA_SIG_set0(sig, r, s)) {
		r = NULL;
		s = NULL;
		if (i2d_ECDSA_SIG(sig, NULL) <= DER_MAX)
			len = i2d_ECDSA_SIG(sig, &to);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len > 0 ? len : 0;
}

static bool verify(EVP_PKEY *key, const struct attest_signature *signature,
		   struct rivet_bytes bytes, const struct report *report)
{
	const EVP_MD *md = signature->hash == ATTEST_ALG_SHA384 ? EVP_sha384() : EVP_sha256();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx;
	bool good;

	good = ctx && EVP_DigestVerifyInit(ctx, &key_ctx, md, NULL, key) == 1;
	if (good && signature->alg == ATTEST_ALG_RSAPSS)
		good = EVP_PKEY_CTX_set_rsa_padding(key_ctx, RSA_PKCS1_PSS_PADDING) == 1;
	good = good && EVP_DigestVerify(ctx, bytes.at, bytes.len, report->attest,
					report->attest_len) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

static bool is_signed(const struct report *report, EVP_PKEY *key,
		      const struct attest_signature *signature)
{
	const bool ec = signature->alg == ATTEST_ALG_ECDSA;
	struct rivet_bytes bytes = signature->first;
	uint8_t der[DER_MAX];

	if (EVP_PKEY_get_base_id(key) != (ec ? EVP_PKEY_EC : EVP_PKEY_RSA))
		return false;
	if (ec)
		bytes = (struct rivet_bytes){ der, ecdsa_der(signature, der) };
	return bytes.len && verify(key, signature, bytes, report);
}

static bool fits_text(const struct report *report, const struct attest *attest)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)report->text.ptr, report->text.len, digest);
	return attest->qualifying.len == sizeof(digest) &&
	       !memcmp(attest->qualifying.at, digest, sizeof(digest));
}

/* The TPM digests values with the hash of its signature. */
static bool fits_pcrs(const struct report *report, const struct attest *attest, uint16_t hash)
{
	const EVP_MD *md = hash == ATTEST_ALG_SHA384 ? EVP_sha384() : EVP_sha256();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	return attest->pcrs == (1U << RIVET_TPM_PCRS) - 1 &&
	       EVP_Digest(report->pcrs, sizeof(report->pcrs), digest, &len, md, NULL) == 1 &&
	       attest->digest.len == len && !memcmp(attest->digest.at, digest, len);
}

static int bad(struct err *err, const char *what, const char *why)
{
	return err_set(err, EXIT_INVALID, NULL, "%s%s", what, why);
}

/**
 * signed_check() - check that a TPM's key has signed all of a report
 * @report: the report, whose text and PCRs are signed if EXIT_OK is returned
 * @key: the key
 * @attest: set to the quote; it points into @report
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int signed_check(const struct report *report, EVP_PKEY *key, struct attest *attest,
		 struct err *err)
{
	const struct rivet_bytes quote = { report->attest, report->attest_len };
	const struct rivet_bytes bytes = { report->signature, report->signature_len };
	struct attest_signature signature;
	const char *why;

	if (report->why_unsigned.ptr)
		return err_set(err, EXIT_INVALID, NULL, "the report is not signed: %.*s",
			       (int)report->why_unsigned.len, report->why_unsigned.ptr);
	why = attest_parse_signature(bytes, &signature);
	if (why)
		return bad(err, "the signature is not one of a TPM: ", why);
	if (!is_signed(report, key, &signature))
		return bad(err, "the signature is not one of this key", ": the report is another "
			   "machine's, or its quote was changed");
	why = attest_parse(quote, attest);
	if (why)
		return bad(err, "the key has not signed a quote: ", why);
	if (!fits_text(report, attest))
		return bad(err, "the text of the report was changed after the TPM signed it", "");
	if (!fits_pcrs(report, attest, signature.hash))
		return bad(err, "the PCRs in the report are not those that the TPM signed", "");
	return EXIT_OK;
}
