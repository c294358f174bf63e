/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - unlock tokens: the text that leaves enforce mode once it is signed
 *
 *	riv-unlock 1
 *	nonce: 64 hexadecimal digits of this boot
 *
 * The request read from securityfs is this text; signing it makes the token.
 */
#ifndef _RIVET_OBJECT_UNLOCK_H
#define _RIVET_OBJECT_UNLOCK_H

#include "text/parse.h"

#define RIVET_NONCE_SIZE	32	/* bytes */
#define RIVET_UNLOCK_TEXT_MAX	128	/* bytes of the text, its end included */

size_t rivet_unlock_format(const u8 nonce[RIVET_NONCE_SIZE], char *buf, size_t size);
int rivet_unlock_parse(const char *text, size_t len, u8 nonce[RIVET_NONCE_SIZE],
		       struct rivet_parse_error *err);

#endif /* _RIVET_OBJECT_UNLOCK_H */
