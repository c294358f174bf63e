/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - a process that may do nothing but read one file and write to another
 */
#ifndef RIVET_REMEDY_CONFINE_H
#define RIVET_REMEDY_CONFINE_H

#include <stdbool.h>

bool confine_to(int in, int out, unsigned int seconds);

#endif /* RIVET_REMEDY_CONFINE_H */
