/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - the state of a file, by the kernel
 */
#ifndef RIVET_REMEDY_ASK_H
#define RIVET_REMEDY_ASK_H

#include "lib/base/err.h"
#include "text/digest.h"

/** enum ask_state - state of a file */
enum ask_state {
	ASK_GOOD,	/* its content is that of a RIV */
	ASK_MISMATCH,	/* a RIV names other content for its path */
	ASK_OTHER,	/* it fails for another reason, so no RIV names its content */
};

int ask_about(const char *path, enum ask_state *state, struct rivet_digest *expected,
	      struct err *err);
int ask_is_enforcing(bool *enforcing, struct err *err);

#endif /* RIVET_REMEDY_ASK_H */
