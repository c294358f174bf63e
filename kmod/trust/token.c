// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - trust/token: signed tokens, which lower protection once
 */
#include <crypto/algapi.h>
#include <linux/errno.h>

#include "object/split.h"
#include "text/digest.h"
#include "trust/token.h"
#include "trust/trust.h"

/**
 * struct form - a kind of token
 * @kind: kind of its object
 * @other: the reason to refuse another object
 * @malformed: the reason to refuse a malformed text
 */
struct form {
	enum rivet_object_kind kind;
	const char *other;
	const char *malformed;
};

static const struct form forms[] = {
	[RIVET_TOKEN_UNLOCK] = {
		RIVET_OBJECT_UNLOCK, "this is not a signed unlock token: rivetctl unlock sign",
		"malformed: sign the text that 'rivetctl unlock request' prints",
	},
	[RIVET_TOKEN_REJOIN] = {
		RIVET_OBJECT_REJOIN, "this is not a signed rejoin token: rivetctl rejoin sign",
		"malformed: sign the text that 'rivetctl rejoin request' prints",
	},
};

/**
 * rivet_trust_token() - check a signed token
 * @token: the use that it must have
 * @data: the signed object
 * @len: bytes of @data
 * @nonce: the nonce that it must have; the caller renews it when the token is used
 * @why: set to the reason of a refusal
 *
 * Context: may sleep.
 * Return: 0; -EBADMSG for another object or a malformed text; -ESTALE for another nonce; or an
 * errno of rivet_object_split() or rivet_trust_verify().
 */
int rivet_trust_token(enum rivet_token token, const void *data, size_t len,
		      const u8 nonce[RIVET_NONCE_SIZE], const char **why)
{
	struct rivet_digest signer, text_digest;
	struct rivet_parse_error err = {};
	struct rivet_object object;
	u8 given[RIVET_NONCE_SIZE];
	int ret;

	*why = forms[token].other;
	ret = rivet_object_split(data, len, &object, &err);
	if (!ret && object.kind != forms[token].kind)
		ret = -EBADMSG;
	if (!ret)
		ret = rivet_trust_verify(&object, &signer, &text_digest, why);
	if (ret)
		return ret;
	*why = forms[token].malformed;
	ret = rivet_token_parse(token, object.text, object.text_len, given, &err);
	if (ret)
		return ret;
	*why = "it was made for another boot, or was used before";
	return crypto_memneq(given, nonce, sizeof(given)) ? -ESTALE : 0;
}
