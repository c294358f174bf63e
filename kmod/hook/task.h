/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/task: the program that a process runs, and access to the process
 */
#ifndef _RIVET_HOOK_TASK_H
#define _RIVET_HOOK_TASK_H

#include "process/program.h"

struct file;
struct ftrace_regs;

struct rivet_program *rivet_hook_task_name(struct file *file, const struct rivet_digest *sha256,
					   const struct rivet_digest *verity);
bool rivet_hook_task_refuses_uprobe(struct ftrace_regs *fregs);

#endif /* _RIVET_HOOK_TASK_H */
