/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - RIVs: the active sets, for the files of this folder
 */
#ifndef _RIVET_RIV_ACTIVE_H
#define _RIVET_RIV_ACTIVE_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "riv/set.h"

/**
 * struct rivet_riv_slot - an active set or revocation
 * @set: the set, with a reference
 * @revoked: a RIV set whose signing certificate a revocation names
 */
struct rivet_riv_slot {
	struct rivet_set *set;
	bool revoked;
};

/**
 * struct rivet_riv_index - the active sets and revocations
 *
 * A change replaces it as a whole.
 *
 * @rcu: frees it
 * @count: number of @slots
 * @slots: in the order in which they were first published
 */
struct rivet_riv_index {
	struct rcu_head rcu;
	unsigned int count;
	struct rivet_riv_slot slots[] __counted_by(count);
};

extern struct rivet_riv_index __rcu *rivet_riv_active;	/* riv/publish changes it */

bool rivet_riv_revoked_in(const struct rivet_riv_index *index, const struct rivet_digest *digest);

#endif /* _RIVET_RIV_ACTIVE_H */
