/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - one agent at a time, and its process
 */
#ifndef RIVETD_PIDFILE_H
#define RIVETD_PIDFILE_H

#include "lib/base/err.h"

int pidfile_lock(const char *path, struct err *err);

#endif /* RIVETD_PIDFILE_H */
