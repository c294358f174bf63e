/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - certificates: the checks before one may verify signatures
 */
#ifndef _RIVET_TRUST_CERT_H
#define _RIVET_TRUST_CERT_H

#include <crypto/sha2.h>
#include <linux/types.h>

struct asymmetric_key_ids;
struct key_type;
struct public_key;
struct public_key_signature;
struct rivet_digest;
union key_payload;

#define RIVET_CERT_TEXT_MAX	96	/* bytes of rivet_cert_format(), its end included */

/**
 * struct rivet_cert - the kernel's parsed form of an X.509 certificate
 *
 * Points into the payload of an asymmetric key, and is valid as long as the payload.
 *
 * @pub: its public key
 * @sig: the signature on it
 * @ids: serial number and issuer; subject key identifier or NULL; subject
 */
struct rivet_cert {
	const struct public_key *pub;
	const struct public_key_signature *sig;
	const struct asymmetric_key_ids *ids;
};

int rivet_cert_open(struct rivet_cert *cert, const struct key_type *type,
		    const union key_payload *payload, const char **why);
int rivet_cert_check_strength(const struct rivet_cert *cert, const char **why);
int rivet_cert_check_role(const struct rivet_cert *cert, bool ca, const char **why);
int rivet_cert_fingerprint(const struct rivet_cert *cert, u8 out[SHA256_DIGEST_SIZE]);
int rivet_cert_digest(const struct rivet_cert *cert, const u8 *der, size_t len,
		      struct rivet_digest *out, const char **why);
void rivet_cert_format(const struct rivet_cert *cert, char *buf, size_t size);

#endif /* _RIVET_TRUST_CERT_H */
