/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - verify/run: one verification from its first path to its last
 */
#ifndef _RIVET_VERIFY_RUN_H
#define _RIVET_VERIFY_RUN_H

#include <linux/spinlock.h>

#include "verify/verify.h"

void rivet_verify_run(struct rivet_verify *v, spinlock_t *lock);

#endif /* _RIVET_VERIFY_RUN_H */
