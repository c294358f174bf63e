/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: letting others run, which a process need not do by itself
 */
#ifndef _RIVET_SHIM_SCHED_H
#define _RIVET_SHIM_SCHED_H

static inline void cond_resched(void)
{
}

#endif /* _RIVET_SHIM_SCHED_H */
