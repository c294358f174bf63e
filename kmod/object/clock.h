/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - clock: the time, which is never before an accepted object was issued
 */
#ifndef _RIVET_OBJECT_CLOCK_H
#define _RIVET_OBJECT_CLOCK_H

#include <linux/types.h>

#define RIVET_CLOCK_MAX	253402300799LL	/* the last second of the year 9999 */

void rivet_clock_raise(s64 issued);
s64 rivet_clock_floor(void);
bool rivet_clock_is_past(s64 until);
bool rivet_clock_is_behind(void);
void rivet_clock_report(void);

#endif /* _RIVET_OBJECT_CLOCK_H */
