/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the questions to ask the kernel about a file
 */
#ifndef RIVETCTL_PURPOSE_H
#define RIVETCTL_PURPOSE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/manifest/unpack.h"

/**
 * struct purpose - the uses of a file
 * @ops: bits, 1 << enum rivet_op
 * @exe: RIV path of the program that would read it; empty if it does not matter
 * @form: compression of a module, which modprobe may unpack before the kernel sees
 * it
 * @has_x: it has an execute permission bit
 */
struct purpose {
	uint32_t ops;
	char exe[PATH_MAX];
	enum unpack_form form;
	bool has_x;
};

void purpose_find(const char *path, struct purpose *out);
void purpose_ask(const struct purpose *purpose, const char *path, struct buffer *question);
int purpose_unpack(const struct purpose *purpose, const char *path, int *fd, struct err *err);

#endif /* RIVETCTL_PURPOSE_H */
