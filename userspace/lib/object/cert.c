// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - certificates: reading them, and rivet's requirements
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "lib/object/cert.h"
#include "text/names.h"

/**
 * cert_reason() - OpenSSL's reason for a failure; clears its error queue
 *
 * Return: a static text.
 */
const char *cert_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return reason ? reason : "no reason given by OpenSSL";
}

static bool looks_like_der(const struct buffer *data)
{
	return data->len && data->data[0] == 0x30;
}

static X509 *parse_der(const struct buffer *data)
{
	const unsigned char *pos = (const unsigned char *)data->data;

	return d2i_X509(NULL, &pos, data->len);
}

static X509 *parse_pem(const struct buffer *data)
{
	BIO *bio = BIO_new_mem_buf(data->data, data->len);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return cert;
}

/**
 * cert_parse() - parse a certificate in PEM or DER
 * @data: the bytes
 * @path: their origin, for the error
 * @out: the certificate; free with X509_free()
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int cert_parse(const struct buffer *data, const char *path, X509 **out, struct err *err)
{
	*out = looks_like_der(data) ? parse_der(data) : parse_pem(data);
	if (*out)
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, "give an X.509 certificate in PEM or DER",
		       "cannot use %s: no certificate in it (%s)", err_name(path), cert_reason());
}

/**
 * cert_read() - read a certificate file, PEM or DER
 * @path: the file
 * @out: the certificate; free with X509_free()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int cert_read(const char *path, X509 **out, struct err *err)
{
	struct buffer data;
	int ret;

	ret = file_read(path, CERT_FILE_MAX, &data, err);
	if (!ret)
		ret = cert_parse(&data, path, out, err);
	buffer_free(&data);
	return ret;
}

static bool has_good_group(EVP_PKEY *key)
{
	char group[64];

	if (!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
		return false;
	return !strcmp(group, SN_X9_62_prime256v1) || !strcmp(group, SN_secp384r1);
}

/**
 * cert_check_key() - does rivet accept signatures of this key?
 * @key: public or private
 * @path: its origin, for the error
 * @err: filled on error
 *
 * RSA from 3072 bits, or the NIST curves P-256 and P-384 (ETSI TR 103 167, CM14
 * and CM15: algorithms fit for purpose; no kernel verifies Ed25519 or RSA-PSS
 * in PKCS#7).
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int cert_check_key(EVP_PKEY *key, const char *path, struct err *err)
{
	static const char next[] = "use RSA with 3072 bits or more, or EC P-256 or P-384";
	int bits = EVP_PKEY_get_bits(key);

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		if (bits >= CERT_RSA_MIN)
			return EXIT_OK;
		return err_set(err, EXIT_INVALID, next,
			       "cannot use %s: RSA with %d bits is too weak", err_name(path),
			       bits);
	case EVP_PKEY_EC:
		if (has_good_group(key))
			return EXIT_OK;
		return err_set(err, EXIT_INVALID, next,
			       "cannot use %s: a curve other than P-256 and P-384",
			       err_name(path));
	default:
		return err_set(err, EXIT_INVALID, next,
			       "cannot use %s: the kernel verifies no signatures of this kind of key",
			       err_name(path));
	}
}

static bool has_ca_flag(X509 *cert)
{
	return X509_get_extension_flags(cert) & EXFLAG_CA;
}

/* Without the extension keyUsage, OpenSSL reports every usage, and the kernel none. */
static bool has_cert_sign(X509 *cert)
{
	return X509_get_extension_flags(cert) & EXFLAG_KUSAGE &&
	       X509_get_key_usage(cert) & KU_KEY_CERT_SIGN;
}

/**
 * cert_missing_for_ca() - which extensions does a certificate lack to be that of a CA?
 * @cert: the certificate
 *
 * Return: their names; NULL if it has what the kernel asks for.
 */
const char *cert_missing_for_ca(X509 *cert)
{
	if (has_ca_flag(cert))
		return has_cert_sign(cert) ? NULL : "keyUsage keyCertSign";
	return has_cert_sign(cert) ? "basicConstraints CA:TRUE" :
				     "basicConstraints CA:TRUE and keyUsage keyCertSign";
}

/**
 * cert_excess_for_signer() - which extensions may the certificate of a signer not have?
 * @cert: the certificate
 *
 * Return: the name of one that it has; NULL if it has none of them.
 */
const char *cert_excess_for_signer(X509 *cert)
{
	if (has_ca_flag(cert))
		return "basicConstraints CA:TRUE";
	return has_cert_sign(cert) ? "keyUsage keyCertSign" : NULL;
}

static bool read_time(const ASN1_TIME *from, time_t *to)
{
	struct tm tm;

	if (!from || ASN1_TIME_to_tm(from, &tm) != 1)
		return false;
	*to = timegm(&tm);
	return true;
}

/**
 * cert_dates() - read the dates of a certificate
 * @cert: the certificate
 * @out: filled
 *
 * Return: false if they cannot be read.
 */
bool cert_dates(X509 *cert, struct cert_dates *out)
{
	return read_time(X509_get0_notBefore(cert), &out->begin) &&
	       read_time(X509_get0_notAfter(cert), &out->end);
}

/**
 * cert_uses_ec() - is the key unsupported for PKCS#7 by Linux before 6.12?
 * @cert: the certificate
 *
 * Return: true for elliptic curves.
 */
bool cert_uses_ec(X509 *cert)
{
	return EVP_PKEY_get_base_id(X509_get0_pubkey(cert)) == EVP_PKEY_EC;
}

/**
 * cert_digest() - the digest by which revocations name a certificate
 * @cert: the certificate
 * @path: its origin, for the error
 * @out: SHA-256 over its DER form
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_OTHER.
 */
int cert_digest(X509 *cert, const char *path, struct rivet_digest *out, struct err *err)
{
	out->alg = RIVET_DIGEST_CERT_SHA256;
	if (X509_digest(cert, EVP_sha256(), out->bytes, NULL) == 1)
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL, "cannot take the digest of %s: %s", err_name(path),
		       cert_reason());
}

/**
 * cert_check_issuer() - did this CA issue this certificate?
 * @cert: certificate of the signer
 * @ca: certificate of the CA
 * @err: filled on error
 *
 * Dates are ignored, as by the kernel.
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int cert_check_issuer(X509 *cert, X509 *ca, struct err *err)
{
	const char *missing = cert_missing_for_ca(ca);
	char name[CERT_NAME_MAX];

	if (missing)
		return err_set(err, EXIT_INVALID, NULL,
			       "cannot use %s as a CA: its certificate lacks %s",
			       cert_subject(ca, name, sizeof(name)), missing);
	if (X509_check_issued(ca, cert) == X509_V_OK &&
	    X509_verify(cert, X509_get0_pubkey(ca)) == 1)
		return EXIT_OK;
	ERR_clear_error();
	return err_set(err, EXIT_INVALID, NULL, "the certificate of %s was not issued by this CA",
		       cert_subject(cert, name, sizeof(name)));
}

/**
 * cert_subject() - a certificate's subject, escaped for a terminal
 * @cert: the certificate
 * @buf: destination
 * @size: size of @buf
 *
 * Return: @buf.
 */
const char *cert_subject(X509 *cert, char *buf, size_t size)
{
	char name[CERT_NAME_MAX] = "";
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio && X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0,
				      XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		BIO_read(bio, name, sizeof(name) - 1);
	BIO_free(bio);
	rivet_name_escape(name, strlen(name), buf, size);
	return buf;
}
