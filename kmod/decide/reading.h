/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/reading: which files the rules for reading are about
 */
#ifndef _RIVET_DECIDE_READING_H
#define _RIVET_DECIDE_READING_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct file;

/**
 * struct rivet_reading - why a file is asked about when it is opened to be read
 * @op: RIVET_OP_SCRIPT or RIVET_OP_READ
 * @name: the name that init has for it and that a rule is about; NULL if the file has
 *	none that could be found out: no rule with path= can be said not to be about it
 * @buffer: holds @name; for rivet_reading_free()
 */
struct rivet_reading {
	enum rivet_op op;
	const char *name;
	char *buffer;
};

bool rivet_reading_choose(struct file *file, const char *exe, struct rivet_reading *out);
void rivet_reading_free(struct rivet_reading *reading);

#endif /* _RIVET_DECIDE_READING_H */
