/* SPDX-License-Identifier: GPL-2.0 */
/* A stub of measure/table.h for measure/keep.c: the test gives the answers */
#ifndef _RIVET_MEASURE_TABLE_H
#define _RIVET_MEASURE_TABLE_H

enum rivet_retire {
	RIVET_RETIRE_UNUSED,
	RIVET_RETIRE_TORN,
	RIVET_RETIRE_UNMAPPED,
	RIVET_RETIRE_ALL,
};

struct rivet_inode {
	spinlock_t lock;
};

static bool rivet_measure_retire(struct rivet_inode *ri, enum rivet_retire which);
static void rivet_measure_flush(void);

#endif /* _RIVET_MEASURE_TABLE_H */
