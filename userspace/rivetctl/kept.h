/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the agent's copy of a quarantined file
 */
#ifndef RIVETCTL_KEPT_H
#define RIVETCTL_KEPT_H

#include <limits.h>
#include <stdbool.h>

#include "quarantine/line.h"

/**
 * struct kept - a copy
 * @path: the copy; empty if there is none, or this user may not look
 * @is_intact: it has the digest of the entry
 */
struct kept {
	char path[PATH_MAX];
	bool is_intact;
};

void kept_find(const struct rivet_quarantined *entry, struct kept *kept);

#endif /* RIVETCTL_KEPT_H */
