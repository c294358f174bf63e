// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - keys and certificates for trying things out
 */
#include <linux/kernel.h>
#include <string.h>

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "lib/object/cert.h"
#include "lib/object/issue.h"

#define SERIAL_SIZE	8
#define VALID_SECONDS	(3650L * 24 * 3600)
#define PRIVATE_MODE	0600
#define PUBLIC_MODE	0644

struct extension {
	int nid;
	const char *value;
};

/* The kernel links a certificate to its issuer by the two key identifiers. */
static const struct extension ca_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE" },
	{ NID_key_usage, "critical,keyCertSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
};

static const struct extension signer_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
};

#define EXTENSION_COUNT ARRAY_SIZE(ca_extensions)

static bool add_extensions(X509 *cert, X509 *issuer, const struct extension *extensions)
{
	X509_EXTENSION *made;
	X509V3_CTX ctx;
	size_t i;
	int added;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	for (i = 0; i < EXTENSION_COUNT; i++) {
		made = X509V3_EXT_nconf_nid(NULL, &ctx, extensions[i].nid, extensions[i].value);
		added = made && X509_add_ext(cert, made, -1);
		X509_EXTENSION_free(made);
		if (!added)
			return false;
	}
	return true;
}

static bool set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_SIZE];
	BIGNUM *number;
	bool good;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	/* Positive, and of full length. */
	bytes[0] = (bytes[0] & 0x3f) | 0x40;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return good;
}

static bool add_name_part(X509_NAME *name, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value,
					  -1, -1, 0);
}

static bool set_subject(X509 *cert, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	return add_name_part(subject, "O", "rivet") && add_name_part(subject, "CN", name);
}

static bool fill_cert(X509 *cert, EVP_PKEY *key, const char *name, const struct signer *ca)
{
	X509 *issuer = ca ? ca->cert : cert;

	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	       set_subject(cert, name) && X509_set_pubkey(cert, key) &&
	       X509_set_issuer_name(cert, X509_get_subject_name(issuer)) &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), VALID_SECONDS) &&
	       add_extensions(cert, issuer, ca ? signer_extensions : ca_extensions) &&
	       X509_sign(cert, ca ? ca->key : key, EVP_sha256());
}

/**
 * issue_pair() - make a key and its certificate
 * @out: filled; release with signer_close(), also on error
 * @name: common name of the subject
 * @use_ec: P-256 instead of RSA with 3072 bits
 * @ca: the issuer; NULL makes a CA
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_OTHER.
 */
int issue_pair(struct signer *out, const char *name, bool use_ec, const struct signer *ca,
	       struct err *err)
{
	out->key = use_ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(CERT_RSA_MIN);
	out->cert = X509_new();
	if (out->key && out->cert && fill_cert(out->cert, out->key, name, ca))
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL, "cannot make a key: %s", cert_reason());
}

static int write_bio(BIO *bio, const char *dir, const char *stem, const char *suffix, mode_t mode,
		     struct err *err)
{
	struct buffer path = { 0 };
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	int ret;

	buffer_add_text(&path, dir);
	buffer_add_text(&path, "/");
	buffer_add_text(&path, stem);
	buffer_add_text(&path, suffix);
	if (path.failed)
		ret = err_set(err, EXIT_OTHER, NULL, "cannot make a key: out of memory");
	else
		ret = file_create(path.data, mode, data, len, err);
	buffer_free(&path);
	return ret;
}

static int write_key(EVP_PKEY *key, const char *dir, const char *stem, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	int ret;

	if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		ret = write_bio(bio, dir, stem, ".key", PRIVATE_MODE, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot make a key: %s", cert_reason());
	BIO_free(bio);
	return ret;
}

static int write_cert(X509 *cert, const char *dir, const char *stem, bool as_pem, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int made = 0, ret;

	if (bio)
		made = as_pem ? PEM_write_bio_X509(bio, cert) : i2d_X509_bio(bio, cert);
	if (made)
		ret = write_bio(bio, dir, stem, as_pem ? ".pem" : ".der", PUBLIC_MODE, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot make a certificate: %s",
			      cert_reason());
	BIO_free(bio);
	return ret;
}

/**
 * issue_write() - write a pair as STEM.key, STEM.pem and STEM.der
 * @pair: key and certificate
 * @dir: destination folder
 * @stem: their common name
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; EXIT_CONFIG if one exists.
 */
int issue_write(const struct signer *pair, const char *dir, const char *stem, struct err *err)
{
	int ret = write_key(pair->key, dir, stem, err);

	if (!ret)
		ret = write_cert(pair->cert, dir, stem, true, err);
	if (!ret)
		ret = write_cert(pair->cert, dir, stem, false, err);
	return ret;
}
