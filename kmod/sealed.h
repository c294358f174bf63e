/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - sealed: memory files whose bytes can never change again
 */
#ifndef _RIVET_SEALED_H
#define _RIVET_SEALED_H

#include <linux/types.h>

struct inode;

bool rivet_sealed(const struct inode *inode);

#endif /* _RIVET_SEALED_H */
