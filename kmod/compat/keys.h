/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: names for keys and certificates that older kernels lack
 *
 * Included only by the files that need it, so that others do not include the key headers.
 */
#ifndef _RIVET_COMPAT_KEYS_H
#define _RIVET_COMPAT_KEYS_H

#include <crypto/public_key.h>
#include <linux/bitops.h>

/*
 * Before commit 30eae2b037af ("KEYS: X.509: Parse Basic Constraints for CA",
 * v6.4) a key does not record whether its certificate is a CA certificate. On such
 * kernels only the administrator keeps CAs and signers apart.
 */
#ifdef RIVET_HAVE_KEY_EFLAGS
#define RIVET_KEY_EFLAGS_AVAILABLE true

static inline bool rivet_compat_key_eflag(const struct public_key *pub, int flag)
{
	return test_bit(flag, &pub->key_eflags);
}
#else
#define RIVET_KEY_EFLAGS_AVAILABLE false
#define KEY_EFLAG_CA 0
#define KEY_EFLAG_KEYCERTSIGN 2

static inline bool rivet_compat_key_eflag(const struct public_key *pub, int flag)
{
	return false;
}
#endif

/*
 * Before v7.0 the digest of a signature is in the member digest. v7.0 added algorithms
 * that sign the text itself, and renamed the member.
 */
static inline void rivet_compat_sig_set_digest(struct public_key_signature *sig, u8 *digest,
					       unsigned int size)
{
#ifdef RIVET_HAVE_SIGNATURE_MESSAGE
	sig->m = digest;
	sig->m_size = size;
#else
	sig->digest = digest;
	sig->digest_size = size;
#endif
}

#endif /* _RIVET_COMPAT_KEYS_H */
