/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/essential: the files without which nobody could repair a machine
 */
#ifndef _RIVET_DECIDE_ESSENTIAL_H
#define _RIVET_DECIDE_ESSENTIAL_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct dentry;

#define RIVET_ESSENTIAL_PATHS	4	/* where a program may lie */

/**
 * struct rivet_essential - a program without which a machine cannot be repaired
 * @name: as the preconditions call it
 * @paths: where it may lie; the first that exists counts
 */
struct rivet_essential {
	const char *name;
	const char *paths[RIVET_ESSENTIAL_PATHS];
};

extern const struct rivet_essential rivet_essential_needed[];
extern const unsigned int rivet_essential_needed_count;

bool rivet_essential_spares(enum rivet_op op, const struct dentry *dentry, const char *riv_path);

#endif /* _RIVET_DECIDE_ESSENTIAL_H */
