// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unlock tokens: the texts that lower protection once they are signed
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "object/unlock.h"
#include "text/format.h"

#define NONCE_KEY	"nonce: "

/**
 * struct form - the first line of a token
 * @first: the line
 * @expected: its text, for the error message
 */
struct form {
	const char *first;
	const char *expected;
};

static const struct form forms[] = {
	[RIVET_TOKEN_UNLOCK] = { "riv-unlock 1\n", "riv-unlock 1" },
	[RIVET_TOKEN_REJOIN] = { "riv-rejoin 1\n", "riv-rejoin 1" },
};

/**
 * rivet_token_format() - write the text to be signed
 * @token: what it is for
 * @nonce: the nonce of this boot for that
 * @buf: output buffer; RIVET_UNLOCK_TEXT_MAX bytes are enough
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_token_format(enum rivet_token token, const u8 nonce[RIVET_NONCE_SIZE], char *buf,
			  size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };

	rivet_format_text(&f, forms[token].first);
	rivet_format_text(&f, NONCE_KEY);
	rivet_format_hex(&f, nonce, RIVET_NONCE_SIZE);
	rivet_format_char(&f, '\n');
	return rivet_format_end(&f);
}

/**
 * rivet_token_parse() - read a token's text
 * @token: what it has to be for
 * @text: text in the exact form of rivet_token_format()
 * @len: its bytes
 * @nonce: the nonce in it; undefined on error
 * @err: position and reason of a refusal; may be NULL
 *
 * Context: Any. The caller compares the nonce with its own.
 * Return: 0, or -EBADMSG.
 */
int rivet_token_parse(enum rivet_token token, const char *text, size_t len,
		      u8 nonce[RIVET_NONCE_SIZE], struct rivet_parse_error *err)
{
	struct rivet_slice rest = { .ptr = text, .len = len };
	struct rivet_slice hex;

	if (!rivet_slice_take_prefix(&rest, forms[token].first))
		return rivet_parse_fail(err, 1, 1, forms[token].expected);
	if (!rivet_slice_take_prefix(&rest, NONCE_KEY))
		return rivet_parse_fail(err, 2, 1, "nonce: and 64 lower-case hexadecimal digits");
	if (!rivet_slice_take_until(&rest, '\n', &hex) ||
	    rivet_parse_hex(hex.ptr, hex.len, nonce, RIVET_NONCE_SIZE))
		return rivet_parse_fail(err, 2, sizeof(NONCE_KEY),
					"64 lower-case hexadecimal digits and the end of the line");
	if (rest.len)
		return rivet_parse_fail(err, 3, 1, "the end of the text");
	return 0;
}
