/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - programs that it starts: with a time limit, and little of its surroundings
 */
#ifndef RIVET_REMEDY_RUN_H
#define RIVET_REMEDY_RUN_H

#include "lib/base/err.h"
#include "text/parse.h"

int run_program(char *const argv[], struct rivet_slice input, unsigned int limit,
		struct err *err);
int run_check_owner(const char *path, struct err *err);

#endif /* RIVET_REMEDY_RUN_H */
