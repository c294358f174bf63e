/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - built_in: the certificates that are part of the module
 */
#ifndef _RIVET_TRUST_BUILT_IN_H
#define _RIVET_TRUST_BUILT_IN_H

#include <linux/types.h>

struct key;
struct rivet_digest;

u32 rivet_built_in_count(void);
void rivet_built_in_digest(u32 i, struct rivet_digest *digest);
void rivet_built_in_add(struct key *ring, bool ca);

#endif /* _RIVET_TRUST_BUILT_IN_H */
