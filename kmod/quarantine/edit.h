/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/edit: changes of the list by an operator
 */
#ifndef _RIVET_QUARANTINE_EDIT_H
#define _RIVET_QUARANTINE_EDIT_H

#include <linux/types.h>

#define RIVET_QUARANTINE_EDIT_MAX	(1024 * 1024)	/* bytes of one write */

int rivet_quarantine_edit(const char *text, size_t len);
int rivet_quarantine_give_back(const char *text, size_t len);

#endif /* _RIVET_QUARANTINE_EDIT_H */
