/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/processes: the processes that there are at one moment
 */
#ifndef _RIVET_CONTROL_PROCESSES_H
#define _RIVET_CONTROL_PROCESSES_H

#include <linux/types.h>

struct mm_struct;
struct task_struct;

/**
 * struct rivet_processes - the processes at one moment
 * @leaders: first threads of the processes, which may have ended; referenced
 * @count: number of @leaders
 */
struct rivet_processes {
	struct task_struct **leaders;
	unsigned int count;
};

bool rivet_processes_get(struct rivet_processes *all, u64 since);
void rivet_processes_put(struct rivet_processes *all);
struct mm_struct *rivet_processes_memory(struct task_struct *leader);

#endif /* _RIVET_CONTROL_PROCESSES_H */
