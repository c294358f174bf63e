// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unlock tokens: the text that leaves enforce mode once it is signed
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "object/unlock.h"
#include "text/format.h"

#define FIRST_LINE	"riv-unlock 1\n"
#define NONCE_KEY	"nonce: "

/**
 * rivet_unlock_format() - write the text to be signed
 * @nonce: the nonce of this boot
 * @buf: output buffer; RIVET_UNLOCK_TEXT_MAX bytes are enough
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_unlock_format(const u8 nonce[RIVET_NONCE_SIZE], char *buf, size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };

	rivet_format_text(&f, FIRST_LINE NONCE_KEY);
	rivet_format_hex(&f, nonce, RIVET_NONCE_SIZE);
	rivet_format_char(&f, '\n');
	return rivet_format_end(&f);
}

/**
 * rivet_unlock_parse() - read an unlock token's text
 * @text: text in the exact form of rivet_unlock_format()
 * @len: its bytes
 * @nonce: the nonce in it; undefined on error
 * @err: position and reason of a refusal; may be NULL
 *
 * Context: Any. The caller compares the nonce with its own.
 * Return: 0, or -EBADMSG.
 */
int rivet_unlock_parse(const char *text, size_t len, u8 nonce[RIVET_NONCE_SIZE],
		       struct rivet_parse_error *err)
{
	struct rivet_slice rest = { .ptr = text, .len = len };
	struct rivet_slice hex;

	if (!rivet_slice_take_prefix(&rest, FIRST_LINE))
		return rivet_parse_fail(err, 1, 1, "riv-unlock 1");
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
