/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - RIVs: the search in all active sets
 *
 * A set is published under RCU as a whole; only another set replaces it.
 * Readers look values up inside rcu_read_lock() and keep no pointer past it. The
 * exception: a reader that also keeps the RIV generation compares it again, inside a
 * new rcu_read_lock(), before it follows the pointer.
 */
#ifndef _RIVET_RIV_INDEX_H
#define _RIVET_RIV_INDEX_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <asm/barrier.h>

#include "riv/set.h"

struct rivet_riv_index;
struct seq_file;

#define RIVET_SETS_MAX	256	/* active sets and revocations together */

/**
 * struct rivet_riv_cursor - a walk over the values of one digest or one path
 * @set: set of the value last returned
 * @riv: the value last returned
 * @revoked: a revocation names the certificate that signed @set: it vouches for nothing
 */
struct rivet_riv_cursor {
	const struct rivet_set *set;
	const struct rivet_riv *riv;
	bool revoked;
	/* private: */
	const struct rivet_riv_index *index;
	unsigned int position;
	struct rivet_digest digest;
};

extern u64 rivet_riv_generation_value;

/**
 * rivet_riv_generation() - get the number that changes whenever a lookup may change
 *
 * Read it before a lookup whose result will be kept: the barriers pair
 * with those of rivet_riv_publish(), so that the lookup sees at least the sets of
 * that generation. The expiry of a set does not change it.
 *
 * Context: any.
 * Return: the generation; never 0.
 */
static inline u64 rivet_riv_generation(void)
{
	u64 generation = READ_ONCE(rivet_riv_generation_value);

	smp_rmb();	/* pairs with bump_generation() of riv/publish */
	return generation;
}

bool rivet_riv_first(struct rivet_riv_cursor *c, const struct rivet_digest *digest);
bool rivet_riv_next(struct rivet_riv_cursor *c);
bool rivet_riv_find_path(struct rivet_riv_cursor *c, const char *path);
bool rivet_riv_is_revoked(const struct rivet_digest *digest);
bool rivet_riv_vouches(const struct rivet_digest *digest);
bool rivet_riv_knows_size(u64 size);
bool rivet_riv_revokes_files(void);
unsigned int rivet_riv_take_sets(const char *name, struct rivet_set **sets);

/**
 * struct rivet_riv_totals - totals of the active sets
 * @sets: active RIV sets with at least one value, whose signer is not revoked
 * @expired: those of @sets that are past their valid-until
 * @values: RIVs in @sets
 * @revoked: revoked digests, those of certificates included
 * @bytes: kernel memory of all sets and revocations
 */
struct rivet_riv_totals {
	u32 sets;
	u32 expired;
	u64 values;
	u64 revoked;
	u64 bytes;
};

void rivet_riv_count(struct rivet_riv_totals *out);
int rivet_riv_show(struct seq_file *m);

#endif /* _RIVET_RIV_INDEX_H */
