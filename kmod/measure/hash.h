/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/hash: SHA-256 of bytes that come in pieces
 */
#ifndef _RIVET_MEASURE_HASH_H
#define _RIVET_MEASURE_HASH_H

#include "text/digest.h"

struct shash_desc;

int rivet_hash_init(void);
void rivet_hash_exit(void);
const char *rivet_hash_driver(void);
struct shash_desc *rivet_hash_begin(void);
int rivet_hash_end(struct shash_desc *desc, int err, struct rivet_digest *out);

#endif /* _RIVET_MEASURE_HASH_H */
