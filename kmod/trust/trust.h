/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - trust/trust: the keyrings of signers and CAs, and signature verification
 */
#ifndef _RIVET_TRUST_H
#define _RIVET_TRUST_H

#include <linux/types.h>

#include "object/split.h"

struct rivet_digest;
struct seq_file;

int rivet_trust_init(void);
void rivet_trust_exit(void);

int rivet_trust_verify(const struct rivet_object *object, struct rivet_digest *signer,
		       struct rivet_digest *text_digest, const char **why);
int rivet_trust_seal(void);
bool rivet_trust_is_sealed(void);
void rivet_trust_count(u32 *signer_count, u32 *ca_count);
int rivet_trust_show(struct seq_file *m);

#endif /* _RIVET_TRUST_H */
