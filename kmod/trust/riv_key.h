/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - key type "riv" and the keyring .rivet: how RIV sets come in
 */
#ifndef _RIVET_TRUST_RIV_KEY_H
#define _RIVET_TRUST_RIV_KEY_H

#include <linux/key-type.h>

extern struct key_type rivet_key_type;

int rivet_riv_key_init(void);
void rivet_riv_key_exit(void);
int rivet_riv_key_load(const void *data, size_t len);
int rivet_riv_key_load_revoke(const void *data, size_t len);

#endif /* _RIVET_TRUST_RIV_KEY_H */
