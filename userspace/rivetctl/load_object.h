/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - writing a signed object to the kernel
 */
#ifndef RIVETCTL_LOAD_OBJECT_H
#define RIVETCTL_LOAD_OBJECT_H

#include "lib/object/object.h"
#include "verbs.h"

int load_check(const struct object_file *file, struct err *err);
int load_open(struct object_file *file, const char *path, enum rivet_object_kind kind,
	      struct err *err);
int load_write(const char *name, const struct object_file *file, struct err *err);

#endif /* RIVETCTL_LOAD_OBJECT_H */
