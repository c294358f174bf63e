/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - riv/lookup: which RIVs vouch for a measured file at its path
 */
#ifndef _RIVET_RIV_LOOKUP_H
#define _RIVET_RIV_LOOKUP_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/seqlock.h>

#include "measure/measure.h"
#include "object/clock.h"
#include "riv/index.h"
#include "riv/voucher.h"
#include "text/digest.h"
#include "text/names.h"

/**
 * struct rivet_finding - result of looking up one file in the RIVs
 * @reason: RIVET_REASON_MATCH, WRONG_USE, REVOKED, EXPIRED, MOVED, MISMATCH or UNLISTED
 * @voucher: the RIV that vouches or comes nearest; its uses are those that all matching RIVs
 *	allow together
 * @expected: for MISMATCH: the digest named for the path
 * @keep: the answer that rivet_measure_match() may keep, if it has uses
 */
struct rivet_finding {
	enum rivet_reason reason;
	struct rivet_voucher voucher;
	struct rivet_digest expected;
	struct rivet_lookup keep;
};

int rivet_lookup_digest(const struct rivet_digest *digest, const struct dentry *dentry,
			u32 uses, bool may_wait, struct rivet_finding *out);
void rivet_lookup_path(const char *path, struct rivet_finding *out);
bool rivet_lookup_init_root(struct path *root);
int rivet_lookup_from_init(const char *name, struct path *path);
int rivet_lookup_names(const char *path, const struct dentry *dentry, bool may_wait);

/**
 * rivet_lookup_is_current() - check whether a kept answer holds for this use of the file
 * @found: the kept answer
 * @m: the file's current measurement
 * @dentry: the name under which the file is used
 *
 * The name is the one that was looked up if entry, parent, and hash and length
 * of the name are the same, and nothing in the system was renamed since. (An
 * entry's memory may be used again for another link to the same inode; that link
 * leads to the same verified bytes.)
 *
 * Context: any; rcu_read_lock() held. Takes no lock, writes nothing.
 * Return: true if it holds.
 */
static inline bool rivet_lookup_is_current(const struct rivet_lookup *found,
					   const struct rivet_measurement *m,
					   const struct dentry *dentry)
{
	if (found->measurement != m || found->generation != rivet_riv_generation())
		return false;
	if (unlikely(found->valid_until && rivet_clock_is_past(found->valid_until)))
		return false;
	if (!found->dentry)
		return true;
	return found->dentry == dentry && found->parent == READ_ONCE(dentry->d_parent) &&
	       found->hash_len == READ_ONCE(dentry->d_name.hash_len) &&
	       !d_unhashed(dentry) && !read_seqretry(&rename_lock, found->rename_seq);
}

#endif /* _RIVET_RIV_LOOKUP_H */
