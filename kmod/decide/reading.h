/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/reading: the files covered by the rules for reading
 */
#ifndef _RIVET_DECIDE_READING_H
#define _RIVET_DECIDE_READING_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct file;

/**
 * struct rivet_reading - the match of a rule with a file that is opened for reading
 * @op: RIVET_OP_SCRIPT or RIVET_OP_READ
 * @name: init's name of the file that matches a rule; NULL if no name could be
 *	determined, so that any rule with path= may cover the file
 * @buffer: memory of @name, freed by rivet_reading_free()
 */
struct rivet_reading {
	enum rivet_op op;
	const char *name;
	char *buffer;
};

int rivet_reading_choose(struct file *file, const char *exe, struct rivet_reading *out);
void rivet_reading_free(struct rivet_reading *reading);

#endif /* _RIVET_DECIDE_READING_H */
