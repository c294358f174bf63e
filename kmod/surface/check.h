/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/check: check whether a file would be permitted
 */
#ifndef _RIVET_SURFACE_CHECK_H
#define _RIVET_SURFACE_CHECK_H

#include <linux/types.h>

ssize_t rivet_check(char *text, char *answer, size_t size);

#endif /* _RIVET_SURFACE_CHECK_H */
