/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the loaded sets that run out, and whether the active policy is ready for it
 */
#ifndef RIVETCTL_EXPIRING_H
#define RIVETCTL_EXPIRING_H

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "text/names.h"

/**
 * struct expiring - what is loaded, as far as it runs out
 * @sets: how many sets expire, or have
 * @all: no set is for ever
 * @first: when the first of them expires that has not, in seconds since 1970; 0: none
 * @name: of that set
 * @is_survivable: the active policy permits something once they have
 */
struct expiring {
	size_t sets;
	bool all;
	s64 first;
	char name[RIVET_NAME_MAX + 1];
	bool is_survivable;
};

extern const char expiring_next[];

int expiring_find(struct expiring *out, struct err *err);

#endif /* RIVETCTL_EXPIRING_H */
