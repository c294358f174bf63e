/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: yielding the processor, which a process need not do itself
 */
#ifndef _RIVET_SHIM_SCHED_H
#define _RIVET_SHIM_SCHED_H

static inline void cond_resched(void)
{
}

#endif /* _RIVET_SHIM_SCHED_H */
