/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/essential: the files needed to repair a machine
 */
#ifndef _RIVET_DECIDE_ESSENTIAL_H
#define _RIVET_DECIDE_ESSENTIAL_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

#include "text/parse.h"

struct dentry;

#define RIVET_ESSENTIAL_PATHS	4	/* paths where a program may be installed */

/**
 * struct rivet_essential - a program needed to repair a machine
 * @name: name in the list of preconditions
 * @paths: paths where it may be installed; the first that exists counts
 */
struct rivet_essential {
	const char *name;
	const char *paths[RIVET_ESSENTIAL_PATHS];
};

/** enum rivet_essential_program - the programs of text/needed.def */
enum rivet_essential_program {
#define RIVET_NEEDED(id, word, ...)	RIVET_ESSENTIAL_##id,
#include "text/needed.def"
	__RIVET_ESSENTIAL_MAX,
};

extern const struct rivet_essential rivet_essential_needed[__RIVET_ESSENTIAL_MAX];

bool rivet_essential_is_agent(struct rivet_slice path);
bool rivet_essential_spares(enum rivet_op op, const struct dentry *dentry, const char *riv_path);

#endif /* _RIVET_DECIDE_ESSENTIAL_H */
