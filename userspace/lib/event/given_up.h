/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - a mark that a file has been given up: from rivet-remedy, for rivetd
 */
#ifndef RIVET_USER_GIVEN_UP_H
#define RIVET_USER_GIVEN_UP_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "text/parse.h"

#define GIVEN_UP_SUFFIX		".gave-up"
#define GIVEN_UP_SECONDS	(24 * 3600)	/* attempts are counted for so long */

int given_up_write(const char *file, const char *digest, struct err *err);
bool given_up_is(const char *file, struct rivet_slice digest);

#endif /* RIVET_USER_GIVEN_UP_H */
