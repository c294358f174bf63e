// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - text/base64: bytes as base64 on one line, with padding (RFC 4648, section 4)
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "text/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * rivet_base64_encode() - write bytes as base64
 * @bytes: the bytes
 * @len: their number
 * @out: room for RIVET_BASE64_LEN(@len) characters; not terminated
 *
 * Context: any.
 * Return: the number of characters.
 */
size_t rivet_base64_encode(const u8 *bytes, size_t len, char *out)
{
	char *to = out;
	unsigned int i;
	u32 group;

	for (; len; len -= len < 3 ? len : 3) {
		group = *bytes++ << 16;
		if (len > 1)
			group |= *bytes++ << 8;
		if (len > 2)
			group |= *bytes++;
		for (i = 0; i < 4; i++)
			*to++ = i > len ? '=' : letters[(group >> (18 - 6 * i)) & 63];
	}
	return to - out;
}

/* Returns the value of the letter, 64 for another character. */
static u32 value_of(char c)
{
	const char *at = c ? strchr(letters, c) : NULL;

	return at ? at - letters : 64;
}

/* Returns the number of bytes in four characters, 0 if they are not base64. */
static unsigned int decode_group(const char *text, bool last, u8 bytes[3])
{
	unsigned int count = 3, i;
	u32 group = 0, value;

	if (last && text[3] == '=')
		count = text[2] == '=' ? 1 : 2;
	for (i = 0; i < 4; i++) {
		value = i > count ? 0 : value_of(text[i]);
		if (value > 63)
			return 0;
		group = group << 6 | value;
	}
	for (i = 0; i < 3; i++)
		bytes[i] = group >> (16 - 8 * i);
	/* Bits that no byte has are zeros, so that the same bytes have one form. */
	return (count < 3 && bytes[2]) || (count < 2 && bytes[1]) ? 0 : count;
}

/**
 * rivet_base64_decode() - read base64
 * @text: the text
 * @len: its characters
 * @out: the bytes
 * @size: room in @out
 *
 * Context: any.
 * Return: the number of bytes; -EINVAL if it is not base64 in its one form; -E2BIG if the
 * bytes are more than @size.
 */
ssize_t rivet_base64_decode(const char *text, size_t len, u8 *out, size_t size)
{
	unsigned int count;
	size_t done = 0;
	u8 bytes[3];

	if (len % 4)
		return -EINVAL;
	for (; len; text += 4, len -= 4) {
		count = decode_group(text, len == 4, bytes);
		if (!count)
			return -EINVAL;
		if (count > size - done)
			return -E2BIG;
		memcpy(out + done, bytes, count);
		done += count;
	}
	return done;
}
