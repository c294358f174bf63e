/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/sealed: memory files whose bytes can never change again
 */
#ifndef _RIVET_MEASURE_SEALED_H
#define _RIVET_MEASURE_SEALED_H

#include <linux/types.h>

struct inode;

bool rivet_sealed(const struct inode *inode);

#endif /* _RIVET_MEASURE_SEALED_H */
