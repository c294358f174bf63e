/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/personality: requests to make all readable memory executable
 */
#ifndef _RIVET_HOOK_PERSONALITY_H
#define _RIVET_HOOK_PERSONALITY_H

#include <linux/types.h>

struct ftrace_regs;

bool rivet_hook_personality_concerns(struct ftrace_regs *fregs);
bool rivet_hook_personality_concerns_compat(struct ftrace_regs *fregs);

#endif /* _RIVET_HOOK_PERSONALITY_H */
