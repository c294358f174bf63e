/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the module's state as the agent tells it to users who may not ask the module
 */
#ifndef RIVET_TOLD_H
#define RIVET_TOLD_H

#include "lib/kernel/status.h"

#define TOLD_STEP_MSEC	30000	/* between two versions of the file */
#define TOLD_AGE_MAX	90	/* seconds; an older file tells nothing */

/**
 * struct told - what the agent told
 * @age: seconds since then
 * @exit: exit status of rivetctl status
 * @enforcing: the module enforces
 * @sentence: the sentence about the state
 */
struct told {
	uint64_t age;
	enum exit_code exit;
	bool enforcing;
	char sentence[2 * STATUS_TEXT_MAX];
};

int told_write(const char *path, const struct status *status, struct err *err);
int told_read(const char *path, struct told *told, struct err *err);

#endif /* RIVET_TOLD_H */
