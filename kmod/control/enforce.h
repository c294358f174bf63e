/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/enforce: the switch between audit and enforce
 */
#ifndef _RIVET_CONTROL_ENFORCE_H
#define _RIVET_CONTROL_ENFORCE_H

#include <linux/types.h>

#include "control/precondition.h"

void rivet_enforce_wait(void);
void rivet_enforce_exit(void);

int rivet_enforce_start(unsigned int seconds);
int rivet_enforce_confirm(void);
void rivet_enforce_at_once(void);
void rivet_enforce_leave(const char *why);
void rivet_enforce_settle_pages(void);
bool rivet_enforce_take_sweep(void);
void rivet_enforce_retry(void);
u32 rivet_enforce_trial_left(void);
bool rivet_enforce_is_waiting(char what[RIVET_READY_LINE_MAX]);

#endif /* _RIVET_CONTROL_ENFORCE_H */
