// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - signed objects: making and verifying the appended signature
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "lib/object/cert.h"
#include "lib/object/sign.h"

static int read_key(const char *path, pem_password_cb *ask, EVP_PKEY **out, struct err *err)
{
	struct buffer data;
	BIO *bio;
	int ret;

	ret = file_read(path, CERT_FILE_MAX, &data, err);
	if (ret)
		return ret;
	bio = BIO_new_mem_buf(data.data, data.len);
	*out = bio ? PEM_read_bio_PrivateKey(bio, NULL, ask, (void *)path) : NULL;
	BIO_free(bio);
	OPENSSL_cleanse(data.data, data.size);
	buffer_free(&data);
	if (*out)
		return EXIT_OK;
	return err_set(err, EXIT_INVALID,
		       "give a private key in PEM, and its passphrase if it has one",
		       "cannot use %s as a key: %s", err_name(path), cert_reason());
}

static int check_pair(const struct signer *signer, const char *key_path, const char *cert_path,
		      struct err *err)
{
	int ret;

	ret = cert_check_key(signer->key, key_path, err);
	if (ret)
		return ret;
	if (X509_check_private_key(signer->cert, signer->key) == 1)
		return EXIT_OK;
	ERR_clear_error();
	return err_set(err, EXIT_INVALID, "give the certificate of this key",
		       "cannot sign: %s and %s do not belong together", err_name(key_path),
		       err_name(cert_path));
}

/**
 * signer_open() - read key and certificate, and check that they are fit for
 * signing
 * @signer: filled; release with signer_close(), also on error
 * @key_path: private key in PEM, may be encrypted
 * @cert_path: its certificate, PEM or DER
 * @ask: asks for the passphrase of an encrypted key; its last argument is @key_path
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int signer_open(struct signer *signer, const char *key_path, const char *cert_path,
		pem_password_cb *ask, struct err *err)
{
	int ret;

	memset(signer, 0, sizeof(*signer));
	ret = cert_read(cert_path, &signer->cert, err);
	if (!ret)
		ret = read_key(key_path, ask, &signer->key, err);
	if (!ret)
		ret = check_pair(signer, key_path, cert_path, err);
	return ret;
}

/**
 * signer_close() - release key and certificate
 * @signer: empty afterwards
 */
void signer_close(struct signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->cert);
	memset(signer, 0, sizeof(*signer));
}

/* The same as scripts/sign-file of the kernel, so that the bytes are the same too. */
static CMS_ContentInfo *make_cms(const struct signer *signer, const struct buffer *text)
{
	const unsigned int flags = CMS_NOCERTS | CMS_BINARY | CMS_DETACHED;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_STREAM);
	BIO *bio = BIO_new_mem_buf(text->data, text->len);

	if (cms && bio &&
	    CMS_add1_signer(cms, signer->cert, signer->key, EVP_sha256(),
			    CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR) &&
	    CMS_final(cms, bio, NULL, CMS_NOCERTS | CMS_BINARY) == 1) {
		BIO_free(bio);
		return cms;
	}
	BIO_free(bio);
	CMS_ContentInfo_free(cms);
	return NULL;
}

static int check_form(const struct buffer *der, struct err *err)
{
	struct rivet_parse_error perr = { 0 };

	if (!rivet_object_check_signature((const u8 *)der->data, der->len, &perr))
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, NULL,
		       "cannot use the signature: the kernel expects %s", perr.expected);
}

/**
 * sign_text() - sign a text
 * @signer: the signer
 * @text: the text
 * @der: destination of the signature: PKCS#7 SignedData without text,
 *	certificates and attributes; free with buffer_free()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int sign_text(const struct signer *signer, const struct buffer *text, struct buffer *der,
	      struct err *err)
{
	CMS_ContentInfo *cms = make_cms(signer, text);
	unsigned char *bytes = NULL;
	int len = cms ? i2d_CMS_ContentInfo(cms, &bytes) : -1;

	CMS_ContentInfo_free(cms);
	if (len < 0)
		return err_set(err, EXIT_OTHER, NULL, "cannot sign: %s", cert_reason());
	buffer_add(der, bytes, len);
	OPENSSL_free(bytes);
	return check_form(der, err);
}

/**
 * sign_attach() - join text and signature
 * @text: the signed text
 * @der: its signature; only its form is checked
 * @out: destination of the signed object; free with buffer_free()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int sign_attach(const struct buffer *text, const struct buffer *der, struct buffer *out,
		struct err *err)
{
	u8 trailer[RIVET_OBJECT_TRAILER];
	int ret;

	ret = check_form(der, err);
	if (ret)
		return ret;
	rivet_object_trailer(der->len, trailer);
	buffer_add(out, text->data, text->len);
	buffer_add(out, der->data, der->len);
	buffer_add(out, trailer, sizeof(trailer));
	buffer_add_text(out, RIVET_OBJECT_MAGIC);
	if (out->failed)
		return err_set(err, EXIT_OTHER, NULL, "cannot sign: out of memory");
	return EXIT_OK;
}

/* Is there a signer with this certificate, and is its signature good? */
static bool verify_signers(CMS_ContentInfo *cms, BIO *digested, X509 *cert, bool *found)
{
	struct stack_st_CMS_SignerInfo *signers = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *signer;
	int i;

	for (i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
		signer = sk_CMS_SignerInfo_value(signers, i);
		if (CMS_SignerInfo_cert_cmp(signer, cert))
			continue;
		*found = true;
		CMS_SignerInfo_set1_signer_cert(signer, cert);
		if (CMS_SignerInfo_verify_content(signer, digested) == 1)
			return true;
	}
	return false;
}

/* Reads the text through @bio, which computes the digest. */
static bool digest_text(BIO *bio)
{
	char sink[4096];
	int got;

	do
		got = BIO_read(bio, sink, sizeof(sink));
	while (got > 0);
	return !got;
}

/*
 * Not CMS_verify(): it requires the certificates of all signers, but the kernel
 * needs only one signer that it trusts.
 */
static bool verify_cms(CMS_ContentInfo *cms, const struct rivet_object *object, X509 *cert,
		       bool *found)
{
	BIO *text = BIO_new_mem_buf(object->text, object->text_len);
	BIO *digested = text ? CMS_dataInit(cms, text) : NULL;
	bool good;

	good = digested && digest_text(digested) && verify_signers(cms, digested, cert, found);
	BIO_free_all(digested ? digested : text);
	return good;
}

static int explain_failure(bool found, struct err *err)
{
	ERR_clear_error();
	if (!found)
		return err_set(err, EXIT_INVALID, NULL,
			       "bad signature: it was made by another signer");
	return err_set(err, EXIT_INVALID, NULL,
		       "bad signature: text or signature were changed after signing");
}

/**
 * sign_verify() - verify a signed object
 * @object: split by rivet_object_split()
 * @cert: certificate of one signer; there may be others
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_INVALID.
 */
int sign_verify(const struct rivet_object *object, X509 *cert, struct err *err)
{
	struct buffer der = { .data = (char *)object->signature, .len = object->signature_len };
	const unsigned char *pos = object->signature;
	CMS_ContentInfo *cms;
	bool good, found = false;
	int ret;

	ret = check_form(&der, err);
	if (ret)
		return ret;
	cms = d2i_CMS_ContentInfo(NULL, &pos, object->signature_len);
	if (!cms)
		return err_set(err, EXIT_INVALID, NULL, "bad signature: %s", cert_reason());
	good = verify_cms(cms, object, cert, &found);
	CMS_ContentInfo_free(cms);
	return good ? EXIT_OK : explain_failure(found, err);
}
