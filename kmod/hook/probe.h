/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/probe: proving at load that attached hooks answer
 */
#ifndef _RIVET_HOOK_PROBE_H
#define _RIVET_HOOK_PROBE_H

#include <linux/jump_label.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/rivet.h>

DECLARE_STATIC_KEY_FALSE(rivet_probe_running);

bool rivet_probe_mark(enum rivet_hook hook);

/**
 * rivet_probe_runs() - whether some task is probing
 *
 * For handlers that leave early in most cases: what calls nothing saves no registers.
 *
 * Context: any. Costs nothing once the module is loaded.
 * Return: true if rivet_probe_sees() has to be asked.
 */
static __always_inline bool rivet_probe_runs(void)
{
	return static_branch_unlikely(&rivet_probe_running);
}

/**
 * rivet_probe_sees() - asked by a handler before it decides anything
 * @hook: its hook
 *
 * Context: any. Costs nothing once the module is loaded.
 * Return: true if the acting task only provokes the hook: then it is noted.
 */
static __always_inline bool rivet_probe_sees(enum rivet_hook hook)
{
	return rivet_probe_runs() && rivet_probe_mark(hook);
}

bool rivet_probe_has_seen(enum rivet_hook hook);
void rivet_probe_run(void);

#endif /* _RIVET_HOOK_PROBE_H */
