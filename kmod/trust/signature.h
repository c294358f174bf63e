/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - signatures: checking that a key has signed a text
 */
#ifndef _RIVET_TRUST_SIGNATURE_H
#define _RIVET_TRUST_SIGNATURE_H

#include <crypto/sha2.h>
#include <linux/types.h>

#include "object/split.h"

struct key;
struct rivet_digest;

/**
 * struct rivet_signature - the signatures of one object, while keys are tried
 * @object: the object
 * @signers: its signatures
 * @hashed: bits of enum rivet_signed_hash: those of @digests that are computed
 * @digests: digests of the text
 */
struct rivet_signature {
	const struct rivet_object *object;
	struct rivet_signers signers;
	unsigned long hashed;
	u8 digests[__RIVET_SIGNED_HASH_MAX][SHA512_DIGEST_SIZE];
};

int rivet_signature_error(int error);
int rivet_signature_open(struct rivet_signature *s, const struct rivet_object *object);
int rivet_signature_try(struct rivet_signature *s, const struct key *key);
int rivet_signature_text_digest(struct rivet_signature *s, struct rivet_digest *out);

#endif /* _RIVET_TRUST_SIGNATURE_H */
