// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - adding one certificate to a trust ring of the kernel
 */
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "lib/kernel/keyring.h"
#include "trust_cert.h"

/**
 * trust_cert_check() - does a certificate belong in a ring?
 * @cert: the certificate
 * @ring: KEYRING_SIGNERS or KEYRING_CAS
 * @path: its origin, for the error
 * @err: filled on error
 *
 * Kernels before 6.4 cannot tell a CA from a signer, so some would accept either.
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int trust_cert_check(struct x509_st *cert, const char *ring, const char *path, struct err *err)
{
	bool wants_ca = !strcmp(ring, KEYRING_CAS);
	const char *wrong = wants_ca ? cert_missing_for_ca(cert) : cert_excess_for_signer(cert);

	if (!wrong)
		return EXIT_OK;
	if (wants_ca)
		return err_set(err, EXIT_INVALID,
			       "add a signer without --ca, or issue the CA's certificate with it",
			       "%s is not the certificate of a CA: it lacks %s; a signer belongs in %s",
			       err_name(path), wrong, KEYRING_SIGNERS);
	return err_set(err, EXIT_INVALID, "add it with --ca, or issue the signer's without it",
		       "%s is the certificate of a CA: it has %s; a CA belongs in %s, a signer's own in %s",
		       err_name(path), wrong, KEYRING_CAS, KEYRING_SIGNERS);
}

/**
 * trust_cert_add() - add a certificate to a ring
 * @cert: the certificate
 * @ring: KEYRING_SIGNERS or KEYRING_CAS
 * @path: its origin, for the error
 * @err: filled on error, with the kernel's reason
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int trust_cert_add(struct x509_st *cert, const char *ring, const char *path, struct err *err)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der), ret;
	char what[ERR_TEXT_MAX / 2];

	if (len < 0)
		return err_set(err, EXIT_OTHER, NULL, "cannot encode %s: %s", err_name(path),
			       cert_reason());
	snprintf(what, sizeof(what), "cannot add %s to %s", err_name(path), ring);
	ret = keyring_add_cert(ring, der, len, what, err);
	OPENSSL_free(der);
	return ret;
}
