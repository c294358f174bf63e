/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - verify/walk: the paths that a verification is about, each once
 */
#ifndef _RIVET_VERIFY_WALK_H
#define _RIVET_VERIFY_WALK_H

#include <linux/types.h>

#include "riv/index.h"

/**
 * struct rivet_verify_walk - a walk over the paths of some sets
 * @sets: the sets, referenced
 * @count: number of @sets
 * @set: the next set
 * @riv: the next value of it
 * @path: path of the last step
 * @size: bytes that the first RIV of the path names
 * @any_path: values for any path that were passed over
 */
struct rivet_verify_walk {
	struct rivet_set **sets;
	unsigned int count;
	unsigned int set;
	u32 riv;
	const char *path;
	u64 size;
	u64 any_path;
};

int rivet_verify_walk_begin(struct rivet_verify_walk *walk, const char *name);
bool rivet_verify_walk_next(struct rivet_verify_walk *walk);
bool rivet_verify_walk_find(const struct rivet_verify_walk *walk, const char *path, u64 *size);
void rivet_verify_walk_rewind(struct rivet_verify_walk *walk);
void rivet_verify_walk_end(struct rivet_verify_walk *walk);

#endif /* _RIVET_VERIFY_WALK_H */
