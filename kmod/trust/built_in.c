// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - built_in: the certificates that are part of the module
 *
 * make TRUST=FILE.pem writes them. They are the anchors then, and admitted when the module is
 * loaded, so that files which root can change between two boots neither add nor remove one.
 */
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/key.h>

#include "text/digest.h"
#include "trust/built_in.h"

/**
 * struct built_in - a certificate
 * @ca: of a CA; else of a signer
 * @len: its bytes
 * @der: its encoding
 */
struct built_in {
	bool ca;
	size_t len;
	const u8 *der;
};

#define BYTES(...)			((const u8[]){ __VA_ARGS__ })
#define RIVET_BUILT_IN(role, ...)	{ role, sizeof(BYTES(__VA_ARGS__)), BYTES(__VA_ARGS__) },

static const struct built_in certs[] = {
#include "trust/built_in.def"
};

/**
 * rivet_built_in_count() - count the certificates that are built in
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_built_in_count(void)
{
	return ARRAY_SIZE(certs);
}

/**
 * rivet_built_in_digest() - get the digest of a certificate that is built in
 * @i: its number, from 0
 * @digest: set to its rivet_cert_digest()
 *
 * Context: module init.
 */
void __init rivet_built_in_digest(u32 i, struct rivet_digest *digest)
{
	digest->alg = RIVET_DIGEST_CERT_SHA256;
	sha256(certs[i].der, certs[i].len, digest->bytes);
}

/**
 * rivet_built_in_add() - add the certificates of one role to its public keyring
 * @ring: the keyring, whose restriction judges them as any other
 * @ca: of CAs; else of signers
 *
 * One that is refused leaves the module without it: nobody else is admitted for it.
 *
 * Context: may sleep; module init.
 */
void __init rivet_built_in_add(struct key *ring, bool ca)
{
	key_ref_t key;
	u32 i;

	for (i = 0; i < rivet_built_in_count(); i++) {
		if (certs[i].ca != ca)
			continue;
		key = key_create_or_update(make_key_ref(ring, true), "asymmetric", NULL,
					   certs[i].der, certs[i].len, KEY_PERM_UNDEF,
					   KEY_ALLOC_NOT_IN_QUOTA);
		if (IS_ERR(key))
			pr_alert("ALARM: a certificate that is built in is not admitted: error %ld\n",
				 PTR_ERR(key));
		else
			key_ref_put(key);
	}
}
