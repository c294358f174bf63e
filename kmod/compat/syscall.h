/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - the functions that system calls are, by architecture
 *
 * Each takes the registers of the task that calls. Which of them holds an argument is for
 * the function to say, and is said here as it says it: what syscall_get_arguments() reads
 * is on arm64 what the task passed before a tracer changed it, and on x86 goes by the task
 * instead of the function.
 */
#ifndef _RIVET_COMPAT_SYSCALL_H
#define _RIVET_COMPAT_SYSCALL_H

#include <linux/ptrace.h>
#include <linux/types.h>

#if defined(CONFIG_X86_64)

#define RIVET_SYSCALLS_KNOWN			true
#define RIVET_SYSCALL_PERSONALITY		"__x64_sys_personality"
#define RIVET_SYSCALL_PERSONALITY_COMPAT	"__ia32_sys_personality"

static inline unsigned int rivet_syscall_first(const struct pt_regs *regs)
{
	return regs->di;
}

static inline unsigned int rivet_syscall_first_compat(const struct pt_regs *regs)
{
	return regs->bx;
}

static inline bool rivet_syscall_knows_32bit(void)
{
	return true;
}

#elif defined(CONFIG_ARM64)

#include <asm/cpufeature.h>

#define RIVET_SYSCALLS_KNOWN			true
#define RIVET_SYSCALL_PERSONALITY		"__arm64_sys_arm64_personality"
#define RIVET_SYSCALL_PERSONALITY_COMPAT	"__arm64_sys_personality"

static inline unsigned int rivet_syscall_first(const struct pt_regs *regs)
{
	return regs->regs[0];
}

static inline unsigned int rivet_syscall_first_compat(const struct pt_regs *regs)
{
	return regs->regs[0];
}

/* As system_supports_32bit_el0(), but for machines where only some processors do. */
static inline bool rivet_syscall_knows_32bit(void)
{
	return id_aa64pfr0_32bit_el0(read_sanitised_ftr_reg(SYS_ID_AA64PFR0_EL1));
}

#else

#define RIVET_SYSCALLS_KNOWN			false
#define RIVET_SYSCALL_PERSONALITY		""
#define RIVET_SYSCALL_PERSONALITY_COMPAT	""

static inline unsigned int rivet_syscall_first(const struct pt_regs *regs)
{
	return 0;
}

static inline unsigned int rivet_syscall_first_compat(const struct pt_regs *regs)
{
	return 0;
}

static inline bool rivet_syscall_knows_32bit(void)
{
	return true;
}

#endif

#endif /* _RIVET_COMPAT_SYSCALL_H */
