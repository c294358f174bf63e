/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/syscall: the system call that the current task is in
 */
#ifndef _RIVET_MEASURE_SYSCALL_H
#define _RIVET_MEASURE_SYSCALL_H

#include <linux/types.h>

bool rivet_syscall_is_swapon(void);
bool rivet_syscall_is_execve(void);

#endif /* _RIVET_MEASURE_SYSCALL_H */
