/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - putting the content that a RIV names in the place of a file
 */
#ifndef RIVET_REMEDY_RESTORE_H
#define RIVET_REMEDY_RESTORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "text/digest.h"

#define RESTORE_FOLDER	".rivet-remedy"	/* beside the file, while it is restored */

/**
 * struct restore - one file to be restored
 * @root: descriptor of the folder that @path begins at
 * @path: absolute, without a symbolic link in it
 * @digest: SHA-256 that a RIV names for @path
 * @source: descriptor that the content is read from, to its end
 * @rehearse: do all but the renaming
 */
struct restore {
	int root;
	const char *path;
	struct rivet_digest digest;
	int source;
	bool rehearse;
};

int restore_file(const struct restore *restore, struct err *err);
void restore_clean(int root, const char *path);
int restore_open(int root, const char *path, int flags);

#endif /* RIVET_REMEDY_RESTORE_H */
