/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/sweep: look at the programs that run already
 */
#ifndef _RIVET_CONTROL_SWEEP_H
#define _RIVET_CONTROL_SWEEP_H

#include <linux/types.h>

#include "decide/running.h"

/**
 * struct rivet_sweep_counts - the results of a sweep so far
 * @passes: passes over the processes
 * @processes: processes that were looked at
 * @files: mapped files that fail, each counted for each process, unless the policy allows them
 * @killed: processes that were killed
 * @would_kill: processes that would have been killed in enforce mode
 * @programs: programs of those
 * @held: mapped files whose process was not killed because the brake held
 * @root_held: one of those processes was root's
 * @spared: mapped files whose process is never killed
 * @quarantined: mapped files that a rule quarantines, each counted for each process
 * @unnamed: processes that were killed, and files that were quarantined, without an event of
 *	their own
 * @missed: mapped files for whose examination memory ran out
 * @pending: killed processes that still had memory a second later
 * @incomplete: not all that runs was looked at, or killed programs still start others
 */
struct rivet_sweep_counts {
	unsigned int passes;
	unsigned int processes;
	unsigned int files;
	unsigned int killed;
	unsigned int would_kill;
	unsigned int programs;
	unsigned int held;
	bool root_held;
	unsigned int spared;
	unsigned int quarantined;
	unsigned int unnamed;
	unsigned int missed;
	unsigned int pending;
	bool incomplete;
};

void rivet_sweep_programs(void);
void rivet_sweep_run(bool locked, bool (*stopped)(void),
		     void (*progress)(const struct rivet_sweep_counts *counts));

#endif /* _RIVET_CONTROL_SWEEP_H */
