/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - files that are replaced so that a crash leaves the old bytes or the new ones
 */
#ifndef RIVET_DURABLE_H
#define RIVET_DURABLE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"

int durable_sync(int folder);
int durable_write(const char *path, mode_t mode, const void *data, size_t len, struct err *err);
int durable_folder(const char *path, mode_t mode, struct err *err);
int durable_rename(const char *path, const char *to, struct err *err);

#endif /* RIVET_DURABLE_H */
