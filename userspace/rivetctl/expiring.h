/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the loaded sets that expire, and whether the active policy is ready for it
 */
#ifndef RIVETCTL_EXPIRING_H
#define RIVETCTL_EXPIRING_H

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "text/names.h"

/**
 * struct expiring - expiry of the loaded sets
 * @sets: number of sets that expire, or have expired
 * @all: every set expires
 * @first: next expiry, in seconds since 1970; 0: none
 * @name: name of the set that expires next
 * @is_survivable: the active policy permits some programs after expiry
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
