/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - verify/schedule: SET reverify=
 */
#ifndef _RIVET_VERIFY_SCHEDULE_H
#define _RIVET_VERIFY_SCHEDULE_H

#include <linux/types.h>

void rivet_schedule_set(u32 seconds);
void rivet_schedule_exit(void);

#endif /* _RIVET_VERIFY_SCHEDULE_H */
