/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the folder of the evidence
 */
#ifndef RIVETD_STORE_H
#define RIVETD_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "quarantine/line.h"

#define STORE_FILES_MAX	256
#define STORE_FILE_MAX	(64ULL << 20)	/* bytes of one, as of all that the kernel holds */
#define STORE_SHARE	2	/* users but root fill one of so many parts */

int store_keep(const char *folder, uint64_t max, const struct rivet_quarantined *entry, int file,
	       bool *is_other, struct err *err);

#endif /* RIVETD_STORE_H */
