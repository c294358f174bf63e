/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/sweep: look at the programs that run already
 */
#ifndef _RIVET_CONTROL_SWEEP_H
#define _RIVET_CONTROL_SWEEP_H

#include <linux/types.h>

#include "control/judge.h"

void rivet_sweep_programs(void);
void rivet_sweep_run(bool locked, bool (*stopped)(void),
		     void (*progress)(const struct rivet_sweep_counts *counts));

#endif /* _RIVET_CONTROL_SWEEP_H */
