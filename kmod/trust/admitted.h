/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - the admitted certificates of a role
 */
#ifndef _RIVET_TRUST_ADMITTED_H
#define _RIVET_TRUST_ADMITTED_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "text/digest.h"

struct key;
struct rivet_cert;

#define RIVET_ADMITTED_MAX	64	/* certificates */

/**
 * struct rivet_admitted - certificates of one role, and the two keyrings that hold them
 *
 * Certificates come in through a public keyring that root sees and writes. Its
 * restriction judges them and calls rivet_admitted_add() for those that are fit. The key of
 * an admitted certificate is later linked into a private keyring that only this module can
 * reach, and only that keyring verifies signatures. So a key that entered the public
 * keyring another way (see trust/keyring.c) has no effect, and a key that is pushed out of
 * it remains valid.
 *
 * @lock: protects everything below; taken with the semaphore of the public keyring held,
 *	and itself before the semaphore of the private one
 * @public: the public keyring; set once, before anything can be admitted
 * @private: the private keyring; set once, before @public
 * @members: certificates in @private and those to be linked into it
 * @count: number of @members
 * @sealed: admits only certificates that a CA certified; never unset. May be read without @lock
 */
struct rivet_admitted {
	struct mutex lock;	/* protects the members of this struct */
	struct key *public;
	struct key *private;
	struct list_head members;
	unsigned int count;
	bool sealed;
};

/**
 * struct rivet_admitted_key - a certificate in a list, as returned by rivet_admitted_keys()
 * @key: its key, with a reference
 * @digest: the digest by which revocations name it
 */
struct rivet_admitted_key {
	struct key *key;
	struct rivet_digest digest;
};

int rivet_admitted_add(struct rivet_admitted *admitted, const struct rivet_cert *cert,
		       const struct rivet_digest *digest, bool certified);
int rivet_admitted_seal(struct rivet_admitted *admitted, u32 least, u32 *count);
u32 rivet_admitted_count(struct rivet_admitted *admitted);
bool rivet_admitted_is_revoked(struct rivet_admitted *admitted, const struct key *key);
u32 rivet_admitted_keys(struct rivet_admitted *admitted,
			struct rivet_admitted_key keys[RIVET_ADMITTED_MAX]);
void rivet_admitted_empty(struct rivet_admitted *admitted);

#endif /* _RIVET_TRUST_ADMITTED_H */
