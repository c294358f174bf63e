/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - trust/token: signed tokens, which lower protection once
 */
#ifndef _RIVET_TRUST_TOKEN_H
#define _RIVET_TRUST_TOKEN_H

#include "object/unlock.h"

int rivet_trust_token(enum rivet_token token, const void *data, size_t len,
		      const u8 nonce[RIVET_NONCE_SIZE], const char **why);

#endif /* _RIVET_TRUST_TOKEN_H */
