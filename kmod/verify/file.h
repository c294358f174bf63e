/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - verify/file: whether a listed file still is the one that is listed
 */
#ifndef _RIVET_VERIFY_FILE_H
#define _RIVET_VERIFY_FILE_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

#include "measure/again.h"

/**
 * struct rivet_verify_result - the result for one file
 * @missing: nothing is at the path
 * @reason: how it compares with the RIVs; RIVET_REASON_MATCH is the good case
 * @forgotten: the measurement that was kept had another digest, and is not used any more
 * @expected: digest that a RIV names for the path, for MISMATCH
 */
struct rivet_verify_result {
	bool missing;
	enum rivet_reason reason;
	bool forgotten;
	struct rivet_digest expected;
};

int rivet_verify_file(const char *path, struct rivet_again *again,
		      struct rivet_verify_result *result);

#endif /* _RIVET_VERIFY_FILE_H */
