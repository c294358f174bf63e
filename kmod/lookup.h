/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - lookup: which RIVs vouch for a measured file at its path
 */
#ifndef _RIVET_LOOKUP_H
#define _RIVET_LOOKUP_H

#include <linux/dcache.h>
#include <linux/fs.h>

#include "digest.h"
#include "measure.h"
#include "names.h"

/**
 * struct rivet_finding - what the RIVs say about one file
 * @reason: RIVET_REASON_MATCH, WRONG_USE, REVOKED, EXPIRED, MOVED, MISMATCH or UNLISTED
 * @set: set of the RIV that vouches or comes nearest; empty if none
 * @set_version: its version
 * @riv_path: kmalloc'ed path of that RIV, or NULL
 * @expected: for MISMATCH: the digest named for the path
 * @keep: for MATCH: what rivet_measure_remember() may keep
 */
struct rivet_finding {
	enum rivet_reason reason;
	char set[RIVET_NAME_MAX + 1];
	u64 set_version;
	char *riv_path;
	struct rivet_digest expected;
	struct rivet_lookup keep;
};

void rivet_lookup_digest(const struct rivet_digest *digest, const struct dentry *dentry,
			 u32 uses, bool may_sleep, struct rivet_finding *out);
void rivet_lookup_path(const char *path, struct rivet_finding *out);
bool rivet_lookup_is_current(const struct rivet_lookup *found, const struct rivet_measurement *m,
			     const struct dentry *dentry);
int rivet_lookup_from_init(const char *name, struct path *path);
bool rivet_lookup_names(const char *path, const struct dentry *dentry, bool may_sleep);

#endif /* _RIVET_LOOKUP_H */
