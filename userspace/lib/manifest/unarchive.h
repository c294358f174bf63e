/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - reading the files in an archive, one after the other
 */
#ifndef RIVET_UNARCHIVE_H
#define RIVET_UNARCHIVE_H

#include <sys/types.h>

#include "lib/base/err.h"
#include "text/parse.h"

/** enum unarchive_form - forms of archives */
enum unarchive_form {
	UNARCHIVE_NONE,		/* none that is read */
	UNARCHIVE_TAR,		/* tar, as it is or compressed */
	UNARCHIVE_DEB,		/* Debian package: ar with two of the former in it */
};

/**
 * struct unarchive - a reading; to be embedded
 * @file: called for each regular file: @path is absolute, @fd has its content and mode.
 *	Returns EXIT_OK, or a status that ends the reading.
 * @link: called for each further name @path of a file @target that came before.
 *	Returns as @file does.
 */
struct unarchive {
	int (*file)(struct unarchive *unarchive, const char *path, int fd, struct err *err);
	int (*link)(struct unarchive *unarchive, const char *path, const char *target,
		    struct err *err);
};

int unarchive_read(struct unarchive *unarchive, int fd, const char *name, bool is_ar,
		   struct err *err);

#endif /* RIVET_UNARCHIVE_H */
