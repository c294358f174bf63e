/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - dropping needless privileges
 */
#ifndef RIVETD_PRIVILEGE_H
#define RIVETD_PRIVILEGE_H

#include "lib/base/err.h"

int privilege_drop(struct err *err);

#endif /* RIVETD_PRIVILEGE_H */
