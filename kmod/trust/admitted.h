/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - vaults: the admitted certificates of a role
 */
#ifndef _RIVET_TRUST_ADMITTED_H
#define _RIVET_TRUST_ADMITTED_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "text/digest.h"

struct key;
struct rivet_cert;

#define RIVET_VAULT_MAX	64	/* certificates */

/**
 * struct rivet_vault - certificates of one role, and the two keyrings that hold them
 *
 * Certificates come in through the door, a public keyring that root sees and writes. Its
 * restriction judges them and calls rivet_vault_admit() for those that are fit. The key of
 * an admitted certificate is later linked into a private keyring that only this module can
 * reach, and only that keyring verifies signatures. So a key that entered the public
 * keyring another way (see trust/keyring.c) has no effect, and a key that is pushed out of
 * it remains valid.
 *
 * @lock: protects everything below; taken with the semaphore of the public keyring held,
 *	and itself before the semaphore of the private one
 * @door: the public keyring; set once, before anything can be admitted
 * @ring: the private keyring; set once, before @door
 * @members: certificates in @ring and those to be linked into it
 * @count: number of @members
 * @sealed: admits only certificates that a CA certified; never unset. May be read without @lock
 */
struct rivet_vault {
	struct mutex lock;	/* protects the members of this struct */
	struct key *door;
	struct key *ring;
	struct list_head members;
	unsigned int count;
	bool sealed;
};

/**
 * struct rivet_vault_key - a certificate in a vault, as returned by rivet_vault_keys()
 * @key: its key, with a reference
 * @digest: the digest by which revocations name it
 */
struct rivet_vault_key {
	struct key *key;
	struct rivet_digest digest;
};

int rivet_vault_admit(struct rivet_vault *vault, const struct rivet_cert *cert,
		      const struct rivet_digest *digest, bool certified);
int rivet_vault_seal(struct rivet_vault *vault, u32 least, u32 *count);
u32 rivet_vault_count(struct rivet_vault *vault);
bool rivet_vault_is_revoked(struct rivet_vault *vault, const struct key *key);
u32 rivet_vault_keys(struct rivet_vault *vault, struct rivet_vault_key keys[RIVET_VAULT_MAX]);
void rivet_vault_empty(struct rivet_vault *vault);

#endif /* _RIVET_TRUST_ADMITTED_H */
