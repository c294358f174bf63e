/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - signed objects: making and verifying the appended signature
 */
#ifndef RIVET_SIGN_H
#define RIVET_SIGN_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "object/split.h"

/**
 * struct signer - a key that signs, and its certificate
 * @key: private key
 * @cert: certificate of that key
 */
struct signer {
	EVP_PKEY *key;
	X509 *cert;
};

int signer_open(struct signer *signer, const char *key_path, const char *cert_path,
		pem_password_cb *ask, struct err *err);
void signer_close(struct signer *signer);

int sign_text(const struct signer *signer, const struct buffer *text, struct buffer *der,
	      struct err *err);
int sign_attach(const struct buffer *text, const struct buffer *der, struct buffer *out,
		struct err *err);
int sign_verify(const struct rivet_object *object, X509 *cert, struct err *err);

#endif /* RIVET_SIGN_H */
