/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/sweep: name and report the programs that run already
 */
#ifndef _RIVET_CONTROL_SWEEP_H
#define _RIVET_CONTROL_SWEEP_H

void rivet_sweep_programs(void);
void rivet_sweep_report(void);

#endif /* _RIVET_CONTROL_SWEEP_H */
