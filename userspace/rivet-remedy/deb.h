/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - one file out of a Debian package
 */
#ifndef RIVET_REMEDY_DEB_H
#define RIVET_REMEDY_DEB_H

#include <stdbool.h>

#define DEB_MEMBERS_MAX	8		/* members of the package: there are three */
#define DEB_FILES_MAX	200000		/* files in it that are looked at */
#define DEB_BYTES_MAX	(512LL << 20)	/* bytes of the file */
#define DEB_MARK	'F'		/* comes before the bytes */

/** enum deb_result - the outcome of looking for a file; an exit status that nothing else has */
enum deb_result {
	DEB_COPIED = 64,	/* DEB_MARK and its bytes were written */
	DEB_ABSENT,		/* the package has no such file */
	DEB_DAMAGED,		/* it is no package, or a damaged one */
	DEB_TOO_LARGE,		/* a bound was reached */
	DEB_UNWRITTEN,		/* nobody takes the bytes */
	DEB_NOT_BEGUN,		/* the process could not be confined */
};

enum deb_result deb_copy(int package, const char *path, int to);

#endif /* RIVET_REMEDY_DEB_H */
