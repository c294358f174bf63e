/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - keyrings: making and shutting rivet's keyrings
 */
#ifndef _RIVET_TRUST_KEYRING_H
#define _RIVET_TRUST_KEYRING_H

#include <linux/key.h>

struct key *rivet_keyring_alloc(const char *name, key_restrict_link_func_t check);
struct key *rivet_keyring_alloc_private(const char *name);
void rivet_keyring_shut(struct key *ring);
bool rivet_keyring_is_link(const union key_payload *payload);
const void *rivet_keyring_data(const union key_payload *payload, size_t *len);

#endif /* _RIVET_TRUST_KEYRING_H */
