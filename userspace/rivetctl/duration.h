/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - durations on the command line
 */
#ifndef RIVETCTL_DURATION_H
#define RIVETCTL_DURATION_H

#include <stdbool.h>
#include <stdint.h>

bool duration_has_unit(const char *text);
bool duration_parse(const char *text, uint64_t max, uint64_t *seconds);

#endif /* RIVETCTL_DURATION_H */
