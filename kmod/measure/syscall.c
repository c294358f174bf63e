// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/syscall: the system call that the current task is in
 *
 * For actions that no hook reports. The kernel sets the number itself: user space cannot be
 * in another call than the number says.
 */
#include <linux/compat.h>
#include <linux/sched.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "measure/syscall.h"

#define X32_BIT			0x40000000	/* in numbers of x32 */
#define X32_NR_EXECVE		520		/* without that bit */
#define X32_NR_EXECVEAT		545

/* On i386 and on 32-bit ARM. */
#define COMPAT_NR_SWAPON	87
#define COMPAT_NR_EXECVE	11
#define COMPAT_NR_EXECVEAT	(IS_ENABLED(CONFIG_X86) ? 358 : 387)

static int current_nr(void)
{
	return syscall_get_nr(current, current_pt_regs());
}

/**
 * rivet_syscall_is_swapon() - check whether the current call is swapon(2)
 *
 * Context: task context.
 * Return: true if so.
 */
bool rivet_syscall_is_swapon(void)
{
	int nr = current_nr();

	return (nr & ~X32_BIT) == __NR_swapon || (nr == COMPAT_NR_SWAPON && in_compat_syscall());
}

/**
 * rivet_syscall_is_execve() - check whether the current call is execve(2) or execveat(2)
 *
 * Context: task context.
 * Return: true if so.
 */
bool rivet_syscall_is_execve(void)
{
	int nr = current_nr();

	if (!in_compat_syscall())
		return nr == __NR_execve || nr == __NR_execveat;
	if (nr & X32_BIT)
		return nr == (X32_BIT | X32_NR_EXECVE) || nr == (X32_BIT | X32_NR_EXECVEAT);
	return nr == COMPAT_NR_EXECVE || nr == COMPAT_NR_EXECVEAT;
}
