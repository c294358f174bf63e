/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the files of new entries of the quarantine list, which the kernel holds for a while
 */
#ifndef RIVETD_EVIDENCE_H
#define RIVETD_EVIDENCE_H

#include "lib/base/config.h"

/**
 * struct evidence - the taking of files
 * @due: the kernel may hold a file
 * @said: errno of the last failure of all that was reported; 0 if it works
 */
struct evidence {
	bool due;
	int said;
};

void evidence_connected(struct evidence *evidence, const struct config *config);
void evidence_work(struct evidence *evidence, const struct config *config);

#endif /* RIVETD_EVIDENCE_H */
