// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/personality: requests to make all readable memory executable
 *
 * With READ_IMPLIES_EXEC in the personality, brk(2) makes the heap executable. The only
 * hook on that path is called at every allocation of memory. The decision is therefore
 * made on the request, which is rare: personality(2), for which there is no hook. If an
 * execve(2) ends with the flag set, hook/exec.c finds it when the program is mapped.
 *
 * The registers with the argument are on the task's kernel stack. A tracer, or seccomp on
 * its behalf, changes them before the system call is entered, so both reads of the
 * argument return the same value.
 */
#include <linux/ftrace.h>
#include <linux/personality.h>
#include <linux/sched.h>

#include "compat/syscall.h"
#include "decide/decide.h"
#include "hook/handlers.h"
#include "hook/personality.h"

#define ONLY_ASKS	0xffffffffU	/* argument that only queries the personality */

static const struct pt_regs *callers_regs(struct ftrace_regs *fregs)
{
	return (const struct pt_regs *)ftrace_regs_get_argument(fregs, 0);
}

static bool adds_flag(unsigned int wanted)
{
	return wanted != ONLY_ASKS && (wanted & READ_IMPLIES_EXEC) &&
	       !(current->personality & READ_IMPLIES_EXEC);
}

/**
 * rivet_hook_personality_concerns() - check whether a call of personality(2) adds the flag
 * @fregs: registers at the entry of the kernel's function
 *
 * Context: any; called by ftrace.
 * Return: true if the call adds READ_IMPLIES_EXEC.
 */
bool notrace rivet_hook_personality_concerns(struct ftrace_regs *fregs)
{
	return adds_flag(rivet_syscall_first(callers_regs(fregs)));
}

/**
 * rivet_hook_personality_concerns_compat() - check a call of a 32-bit program
 * @fregs: registers at the entry of the kernel's function
 *
 * Context: any; called by ftrace.
 * Return: true if the call adds READ_IMPLIES_EXEC.
 */
bool notrace rivet_hook_personality_concerns_compat(struct ftrace_regs *fregs)
{
	return adds_flag(rivet_syscall_first_compat(callers_regs(fregs)));
}

static int ask_flag(enum rivet_hook hook)
{
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.detail = "all readable memory made executable, by personality",
	};

	return rivet_decide(&req);
}

/* Replaces the system call: sets the personality if permitted, returns the old one. */
static long set_if_permitted(enum rivet_hook hook, unsigned int wanted)
{
	unsigned int old = current->personality;
	int ret = ask_flag(hook);

	if (ret)
		return ret;
	set_personality(wanted);
	return old;
}

static long hook_personality(const struct pt_regs *regs)
{
	unsigned int wanted = rivet_syscall_first(regs);

	if (personality(wanted) == PER_LINUX32 && !rivet_syscall_knows_32bit())
		return -EINVAL;
	return set_if_permitted(RIVET_HOOK_PERSONALITY, wanted);
}

static long hook_personality_compat(const struct pt_regs *regs)
{
	return set_if_permitted(RIVET_HOOK_PERSONALITY_COMPAT, rivet_syscall_first_compat(regs));
}

RIVET_HANDLER(personality);
RIVET_HANDLER(personality_compat);
