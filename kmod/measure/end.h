/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - how a measurement ends: by a change of the file, or to give its pages back
 */
#ifndef _RIVET_MEASURE_END_H
#define _RIVET_MEASURE_END_H

#include "measure/table.h"

/** enum rivet_retire - files whose pages are taken back */
enum rivet_retire {
	RIVET_RETIRE_UNUSED,	/* not in use, nor used since the last look */
	RIVET_RETIRE_TORN,	/* not in use, and some pages are missing */
	RIVET_RETIRE_UNMAPPED,	/* not in use except by being open */
	RIVET_RETIRE_ALL,	/* all files */
};

struct rivet_resident *rivet_measure_end(struct rivet_measurement *m);
struct rivet_resident *rivet_measure_end_all(struct rivet_inode *ri);
void rivet_measure_drop(struct rivet_inode *ri);
void rivet_measure_settle(struct rivet_inode *ri);
bool rivet_measure_retire(struct rivet_inode *ri, enum rivet_retire which);
void rivet_measure_tear(const struct inode *inode);
bool rivet_measure_reopen(const struct inode *inode);

#endif /* _RIVET_MEASURE_END_H */
