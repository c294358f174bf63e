/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/precondition: check that the machine would survive enforcement
 */
#ifndef _RIVET_CONTROL_PRECONDITION_H
#define _RIVET_CONTROL_PRECONDITION_H

#include <linux/types.h>

#define RIVET_READY_LINE_MAX	512	/* bytes of a line, terminated; cut lines end in ... */

bool rivet_ready_check(bool only_asks, void (*tell_one)(bool ok, const char *line, void *arg),
		       void *arg);

#endif /* _RIVET_CONTROL_PRECONDITION_H */
