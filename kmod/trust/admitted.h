/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - vaults: the certificates that were admitted to a role, and count
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
 * struct rivet_vault - certificates of one role, and the two rings they are in
 *
 * They come in through the door, a keyring that root sees and writes. Its
 * restriction judges them and lets rivet_vault_admit() remember those that are
 * fit. What an admitted certificate became is later linked into a ring that
 * nobody outside can reach; signatures are verified with that one only. So a
 * key that got into the door in another way (see trust/keyring.c) counts for nothing,
 * and one that is pushed out of the door goes on counting.
 *
 * @lock: protects everything below; taken with the semaphore of the door held,
 *	and itself before the semaphore of the ring
 * @door: set once, before anything can be admitted
 * @ring: set once, before @door
 * @members: those in @ring and those on their way there
 * @count: of them
 * @sealed: only what a CA certified is admitted; never unset. May be read without @lock
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
 * struct rivet_vault_key - a certificate in a vault, for whoever asked for it
 * @key: its key, with a reference
 * @digest: as revocations name it
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
