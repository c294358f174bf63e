/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - a folder of Debian packages as a source of good content
 */
#ifndef RIVET_REMEDY_PACKAGES_H
#define RIVET_REMEDY_PACKAGES_H

#include "restore.h"

#define PACKAGES_MAX	1024	/* packages in the folder */

int packages_restore(const char *folder, unsigned int limit, struct restore *restore,
		     struct err *err);

#endif /* RIVET_REMEDY_PACKAGES_H */
