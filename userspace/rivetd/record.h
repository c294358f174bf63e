/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the record of a piece of evidence
 */
#ifndef RIVETD_RECORD_H
#define RIVETD_RECORD_H

#include <stddef.h>
#include <sys/stat.h>

#include "quarantine/line.h"

char *record_make(const struct rivet_quarantined *entry, int file, const struct stat *st,
		  size_t *len);

#endif /* RIVETD_RECORD_H */
