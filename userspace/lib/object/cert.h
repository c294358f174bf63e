/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - certificates: reading them, and rivet's requirements
 */
#ifndef RIVET_CERT_H
#define RIVET_CERT_H

#include <stdbool.h>
#include <time.h>

#include <openssl/x509.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "text/digest.h"

#define CERT_FILE_MAX	(64 * 1024)	/* maximum size of a file with a key or a certificate */
#define CERT_RSA_MIN	3072		/* bits */
#define CERT_NAME_MAX	256		/* size of a subject as text */

/** struct cert_dates - a certificate is valid from @begin to @end, seconds since 1970 */
struct cert_dates {
	time_t begin;
	time_t end;
};

int cert_read(const char *path, X509 **out, struct err *err);
int cert_parse(const struct buffer *data, const char *path, X509 **out, struct err *err);
int cert_check_key(EVP_PKEY *key, const char *path, struct err *err);
int cert_digest(X509 *cert, const char *path, struct rivet_digest *out, struct err *err);
int cert_check_issuer(X509 *cert, X509 *ca, struct err *err);
const char *cert_missing_for_ca(X509 *cert);
const char *cert_excess_for_signer(X509 *cert);
bool cert_dates(X509 *cert, struct cert_dates *out);
bool cert_uses_ec(X509 *cert);
const char *cert_subject(X509 *cert, char *buf, size_t size);
const char *cert_reason(void);

#endif /* RIVET_CERT_H */
