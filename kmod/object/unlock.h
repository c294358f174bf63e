/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - unlock tokens: the texts that lower protection once they are signed
 *
 *	riv-unlock 1				riv-rejoin 1
 *	nonce: 64 hexadecimal digits		nonce: 64 hexadecimal digits
 *
 * The first leaves enforce mode, the second ends isolation. Each has a nonce of its own, of
 * this boot, so that no token of one kind can be used as one of the other.
 * The request read from securityfs is this text; signing it makes the token.
 */
#ifndef _RIVET_OBJECT_UNLOCK_H
#define _RIVET_OBJECT_UNLOCK_H

#include "text/parse.h"

#define RIVET_NONCE_SIZE	32	/* bytes */
#define RIVET_UNLOCK_TEXT_MAX	128	/* bytes of the text, its end included */

/** enum rivet_token - the use of a token */
enum rivet_token {
	RIVET_TOKEN_UNLOCK,	/* leave enforce mode */
	RIVET_TOKEN_REJOIN,	/* end isolation */
};

size_t rivet_token_format(enum rivet_token token, const u8 nonce[RIVET_NONCE_SIZE], char *buf,
			  size_t size);
int rivet_token_parse(enum rivet_token token, const char *text, size_t len,
		      u8 nonce[RIVET_NONCE_SIZE], struct rivet_parse_error *err);

#endif /* _RIVET_OBJECT_UNLOCK_H */
