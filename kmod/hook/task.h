/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/task: the start of a program, and access to a process
 */
#ifndef _RIVET_HOOK_TASK_H
#define _RIVET_HOOK_TASK_H

#include <linux/types.h>

struct ftrace_regs;

bool rivet_hook_task_refuses_uprobe(struct ftrace_regs *fregs);

#endif /* _RIVET_HOOK_TASK_H */
