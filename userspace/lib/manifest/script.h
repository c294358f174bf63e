/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the first line of a script, as the kernel reads it
 */
#ifndef RIVET_SCRIPT_H
#define RIVET_SCRIPT_H

#include <stdbool.h>

#define SCRIPT_HEAD	256	/* bytes that the kernel reads, BINPRM_BUF_SIZE */

/**
 * struct script - the interpreter that a script names
 * @name: its path as written; never empty
 * @arg: the single argument passed before the script, blanks included; empty if none
 */
struct script {
	char name[SCRIPT_HEAD];
	char arg[SCRIPT_HEAD];
};

bool script_parse(const char head[SCRIPT_HEAD], struct script *out);
bool script_read(int fd, struct script *out);

#endif /* RIVET_SCRIPT_H */
