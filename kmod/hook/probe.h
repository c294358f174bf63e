/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/probe: prove at load that the kernel calls the attached hooks
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
 * rivet_probe_runs() - check whether some task is probing
 *
 * For handlers that return early in most cases. A path without calls saves no registers.
 *
 * Context: any. Costs nothing once the module is loaded.
 * Return: true if rivet_probe_sees() must be called.
 */
static __always_inline bool rivet_probe_runs(void)
{
	return static_branch_unlikely(&rivet_probe_running);
}

/**
 * rivet_probe_sees() - check whether the probe called a hook, and record it
 * @hook: hook of the calling handler, which must call this before any decision
 *
 * Context: any. Costs nothing once the module is loaded.
 * Return: true if the acting task is the probe; the call is then recorded.
 */
static __always_inline bool rivet_probe_sees(enum rivet_hook hook)
{
	return rivet_probe_runs() && rivet_probe_mark(hook);
}

bool rivet_probe_has_seen(enum rivet_hook hook);
void rivet_probe_run(void);

#endif /* _RIVET_HOOK_PROBE_H */
