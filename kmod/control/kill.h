/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/kill: kill processes that run a failing program
 */
#ifndef _RIVET_CONTROL_KILL_H
#define _RIVET_CONTROL_KILL_H

#include <linux/types.h>
#include <linux/uidgid.h>

#include "policy/rules.h"

struct file;
struct mm_struct;
struct pid;
struct task_struct;

#define RIVET_KILL_TRACKED	256	/* killed processes whose end a sweep waits for */

/**
 * struct rivet_kill_program - a program that fails itself, and not only by a library
 * @exe: exe_file of a process that was killed; referenced
 * @uid: its uid
 */
struct rivet_kill_program {
	struct file *exe;
	kuid_t uid;
};

/**
 * struct rivet_kill - the processes that one sweep has killed
 *
 * Belongs to the task that sweeps.
 *
 * @program_count: number of @programs
 * @programs: programs of which every process is killed
 * @pid_count: number of @pids
 * @pids: the first processes that were killed; referenced
 */
struct rivet_kill {
	unsigned int program_count;
	struct rivet_kill_program programs[RIVET_KILL_MAX];
	unsigned int pid_count;
	struct pid *pids[RIVET_KILL_TRACKED];
};

bool rivet_kill_has_ended(const struct task_struct *p);
bool rivet_kill_process(struct rivet_kill *kill, struct task_struct *p,
			const struct mm_struct *mm);
void rivet_kill_note_program(struct rivet_kill *kill, struct file *exe, kuid_t uid);
unsigned int rivet_kill_rest(struct rivet_kill *kill);
unsigned int rivet_kill_wait(const struct rivet_kill *kill, bool (*stopped)(void));
void rivet_kill_end(struct rivet_kill *kill);

#endif /* _RIVET_CONTROL_KILL_H */
