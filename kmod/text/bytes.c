// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - text/bytes: searching a text eight bytes at a time
 */
#include <linux/string.h>

#include "text/bytes.h"

#define ONES	0x0101010101010101ULL	/* 1 in each byte of a word */
#define TOPS	0x8080808080808080ULL	/* the top bit of each byte */

static u64 load_word(const char *at)
{
	u64 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* A subtraction borrows only from above a byte that is zero, so this is exact. */
static bool has_zero_byte(u64 word)
{
	return (word - ONES) & ~word & TOPS;
}

/**
 * rivet_bytes_find() - find the first place of a byte in a text
 * @text: the text
 * @len: its bytes
 * @byte: the byte
 *
 * Context: any.
 * Return: its offset; @len if it is not there.
 */
size_t rivet_bytes_find(const char *text, size_t len, char byte)
{
	const u64 pattern = ONES * (u8)byte;
	size_t at = 0;

	while (len - at >= sizeof(u64) && !has_zero_byte(load_word(text + at) ^ pattern))
		at += sizeof(u64);
	while (at < len && text[at] != byte)
		at++;
	return at;
}

/**
 * rivet_bytes_find_either() - find the first place of one of two bytes in a text
 * @text: the text
 * @len: its bytes
 * @one: a byte
 * @other: another byte
 *
 * Context: any.
 * Return: its offset; @len if neither is there.
 */
size_t rivet_bytes_find_either(const char *text, size_t len, char one, char other)
{
	const u64 patterns[] = { ONES * (u8)one, ONES * (u8)other };
	size_t at = 0;

	while (len - at >= sizeof(u64) && !has_zero_byte(load_word(text + at) ^ patterns[0]) &&
	       !has_zero_byte(load_word(text + at) ^ patterns[1]))
		at += sizeof(u64);
	while (at < len && text[at] != one && text[at] != other)
		at++;
	return at;
}

/**
 * rivet_bytes_ascii() - measure the ASCII part that a text begins with
 * @text: the text
 * @len: its bytes
 *
 * Context: any.
 * Return: bytes before the first one of 0x80 or more; @len if there is none.
 */
size_t rivet_bytes_ascii(const char *text, size_t len)
{
	size_t at = 0;

	while (len - at >= sizeof(u64) && !(load_word(text + at) & TOPS))
		at += sizeof(u64);
	while (at < len && (u8)text[at] < 0x80)
		at++;
	return at;
}

/**
 * rivet_bytes_common() - measure the part in which two texts are the same
 * @a: a text
 * @b: another text
 * @len: bytes that both have
 *
 * Context: any.
 * Return: bytes before the first difference; @len if there is none.
 */
size_t rivet_bytes_common(const char *a, const char *b, size_t len)
{
	size_t at = 0;

	while (len - at >= sizeof(u64) && load_word(a + at) == load_word(b + at))
		at += sizeof(u64);
	while (at < len && a[at] == b[at])
		at++;
	return at;
}
