/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the files of the installed packages, as dpkg records them
 */
#ifndef RIVET_PACKAGES_H
#define RIVET_PACKAGES_H

#include "lib/base/path_set.h"
#include "lib/manifest/measure.h"
#include "lib/manifest/walk.h"

/** enum packaged - what the packages say of a file */
enum packaged {
	PACKAGED_SAME,		/* it has the bytes of its package */
	PACKAGED_DIFFERS,	/* it belongs to a package, and has other bytes */
	PACKAGED_NO_DIGEST,	/* it belongs to a package that records no digest of it */
	PACKAGED_NOT,		/* it belongs to no package */
};

/**
 * struct packages - the files of all packages; all zero is none
 * @owned: real paths
 * @recorded: those of which an MD5 is recorded
 * @sums: each MD5, a space and the path
 */
struct packages {
	struct path_set owned;
	struct path_set recorded;
	struct path_set sums;
};

int packages_read(struct packages *packages, struct walk *walk, bool *found, struct err *err);
enum packaged packages_look_up(const struct packages *packages, const char *path,
			       const unsigned char md5[MEASURE_MD5_SIZE]);
void packages_free(struct packages *packages);

#endif /* RIVET_PACKAGES_H */
