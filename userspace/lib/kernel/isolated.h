/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - isolation from the network, saved beyond a boot
 *
 * The kernel's isolation is in memory. A file says that the machine is isolated: the file that is
 * there counts, not its content, so that no damage of it ends isolation. The content is for
 * people. It is made when isolation begins, and goes once a signed token has ended it.
 */
#ifndef RIVET_ISOLATED_H
#define RIVET_ISOLATED_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/text.h"

#define ISOLATED_FOLDER	"var/lib/rivet"	/* from the root of the machine */
#define ISOLATED_NAME	"isolated"
#define ISOLATED_FILE	"/" ISOLATED_FOLDER "/" ISOLATED_NAME

/** enum isolated_step - the step that brings the file and the kernel together */
enum isolated_step {
	ISOLATED_NOTHING,	/* the machine is not isolated, and no file says so */
	ISOLATED_KEPT,		/* it is, and the file says so */
	ISOLATED_SAVE,		/* it is, and there is no file */
	ISOLATED_RESTORE,	/* the file is of before this load of the module */
	ISOLATED_REMOVE,	/* isolation has ended in this load */
};

enum isolated_step isolated_find_step(struct rivet_slice state, bool is_saved);
int isolated_look(int folder, enum isolated_step *step, struct err *err);
int isolated_take(int folder, const char *shown, enum isolated_step step, struct err *err);
int isolated_settle(struct err *err);

#endif /* RIVET_ISOLATED_H */
