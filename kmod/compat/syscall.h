/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: the functions of system calls, by architecture
 *
 * Each function takes the registers of the calling task. The helpers here read an argument
 * from the same register as the function itself. syscall_get_arguments() is unsuitable: on
 * arm64 it returns the argument before the change by a tracer, and on x86 it depends on
 * the task instead of the function.
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

/* Like system_supports_32bit_el0(), except for machines where only some CPUs support it. */
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
