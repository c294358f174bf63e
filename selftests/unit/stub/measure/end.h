/* SPDX-License-Identifier: GPL-2.0 */
/* A stub of measure/end.h for measure/keep.c: the test gives the answers */
#ifndef _RIVET_MEASURE_END_H
#define _RIVET_MEASURE_END_H

#include "measure/table.h"

enum rivet_retire {
	RIVET_RETIRE_UNUSED,
	RIVET_RETIRE_TORN,
	RIVET_RETIRE_UNMAPPED,
	RIVET_RETIRE_ALL,
};

static bool rivet_measure_retire(struct rivet_inode *ri, enum rivet_retire which);

#endif /* _RIVET_MEASURE_END_H */
