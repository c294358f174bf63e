/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/judge: judge a process by the files that it has mapped executable
 */
#ifndef _RIVET_CONTROL_JUDGE_H
#define _RIVET_CONTROL_JUDGE_H

#include <linux/types.h>

#include "control/kill.h"
#include "decide/running.h"

#define RIVET_SWEEP_LINES_MAX	100	/* about files, in one sweep; further ones are counted */

struct task_struct;

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

/**
 * struct rivet_sweep - a sweep that goes on; belongs to the task that sweeps
 * @counts: its results so far
 * @brake: programs that it has killed, or would have killed in enforce mode
 * @kill: the processes that it has killed
 * @reported: lines about files so far, those not shown included
 * @stopped: returns true if the sweep is to end
 */
struct rivet_sweep {
	struct rivet_sweep_counts counts;
	struct rivet_running_brake brake;
	struct rivet_kill kill;
	unsigned int reported;
	bool (*stopped)(void);
};

void rivet_judge_process(struct rivet_sweep *sweep, struct task_struct *task);

#endif /* _RIVET_CONTROL_JUDGE_H */
