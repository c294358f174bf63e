/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - further remedies: the programs of a folder
 */
#ifndef RIVET_REMEDY_PROGRAMS_H
#define RIVET_REMEDY_PROGRAMS_H

#include <dirent.h>
#include <limits.h>

#include "lib/base/err.h"

/**
 * struct programs - the programs, in the order of their names
 * @folder: the folder
 * @names: entries of the folder
 * @count: their number; 0 if there is no folder
 * @next: the next one
 * @path: the last one that was given out
 */
struct programs {
	const char *folder;
	struct dirent **names;
	int count;
	int next;
	char path[PATH_MAX];
};

int programs_open(struct programs *programs, const char *folder, struct err *err);
const char *programs_next(struct programs *programs);
void programs_close(struct programs *programs);

#endif /* RIVET_REMEDY_PROGRAMS_H */
