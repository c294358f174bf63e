// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - helpers that all parsers of signed texts share: position, error, numbers
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "text/bytes.h"
#include "text/parse.h"

/*
 * Length of the well-formed UTF-8 sequence at @s, 0 if there is none. The
 * ranges are those of table 3-7 of the Unicode standard: no overlong forms, no
 * surrogates, nothing above U+10FFFF.
 */
static size_t utf8_sequence_len(const u8 *s, size_t left)
{
	u8 low, high;
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
	high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (left < len || s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/**
 * rivet_parse_utf8_valid() - check that a text is strictly valid UTF-8
 * @text: the text; NUL is a character like any other
 * @len: its bytes
 * @bad: set to the offset of the first invalid byte if there is one; may be NULL
 *
 * Context: Any.
 * Return: true if it is valid.
 */
bool rivet_parse_utf8_valid(const char *text, size_t len, size_t *bad)
{
	size_t pos = rivet_bytes_ascii(text, len), step;

	while (pos < len) {
		step = utf8_sequence_len((const u8 *)text + pos, len - pos);
		if (!step) {
			if (bad)
				*bad = pos;
			return false;
		}
		pos += step;
		pos += rivet_bytes_ascii(text + pos, len - pos);
	}
	return true;
}

/**
 * rivet_parse_u64() - read a decimal number
 * @text: digits, no sign, no leading zero except in "0" itself
 * @len: bytes of @text
 * @out: its value; untouched on error
 *
 * Context: Any.
 * Return: 0, or -EBADMSG if the text is not such a number or the value does not fit.
 */
int rivet_parse_u64(const char *text, size_t len, u64 *out)
{
	u64 value = 0;
	size_t i;

	if (!len || (len > 1 && text[0] == '0'))
		return -EBADMSG;
	for (i = 0; i < len; i++) {
		unsigned int digit = (u8)text[i] - '0';

		if (digit > 9 || value > U64_MAX / 10)
			return -EBADMSG;
		value *= 10;
		if (value > U64_MAX - digit)
			return -EBADMSG;
		value += digit;
	}
	*out = value;
	return 0;
}

/**
 * rivet_parse_version3() - read a version X.Y.Z
 * @text: three decimal numbers up to 65535, without leading zeros
 * @len: bytes of @text
 * @out: X << 32 | Y << 16 | Z; untouched on error
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_parse_version3(const char *text, size_t len, u64 *out)
{
	struct rivet_slice part[3] = { [2] = { .ptr = text, .len = len } };
	u64 value = 0, number;
	int i;

	if (!rivet_slice_take_until(&part[2], '.', &part[0]) ||
	    !rivet_slice_take_until(&part[2], '.', &part[1]))
		return -EBADMSG;
	for (i = 0; i < 3; i++) {
		if (rivet_parse_u64(part[i].ptr, part[i].len, &number) || number > U16_MAX)
			return -EBADMSG;
		value = value << 16 | number;
	}
	*out = value;
	return 0;
}

/* @count decimal digits at @text, -1 if one of them is not a digit */
static int parse_digits(const char *text, int count)
{
	int value = 0;

	while (count--) {
		unsigned int digit = (u8)*text++ - '0';

		if (digit > 9)
			return -1;
		value = value * 10 + digit;
	}
	return value;
}

static bool is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const u8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Days from 0001-01-01 to the first day of @year */
static int days_before_year(int year)
{
	year--;
	return year * 365 + year / 4 - year / 100 + year / 400;
}

/* YYYY-MM-DD at @text as days since 1970-01-01, -1 if there is no such day */
static int parse_date(const char *text)
{
	int year = parse_digits(text, 4);
	int month = parse_digits(text + 5, 2);
	int day = parse_digits(text + 8, 2);
	int days, i;

	if (text[4] != '-' || text[7] != '-' || year < 1970 || month < 1 || month > 12)
		return -1;
	if (day < 1 || day > days_in_month(year, month))
		return -1;
	days = days_before_year(year) - days_before_year(1970) + day - 1;
	for (i = 1; i < month; i++)
		days += days_in_month(year, i);
	return days;
}

/* HH:MM:SS at @text as seconds of the day, -1 if there is no such time */
static int parse_clock(const char *text)
{
	int hour = parse_digits(text, 2);
	int minute = parse_digits(text + 3, 2);
	int second = parse_digits(text + 6, 2);

	if (text[2] != ':' || text[5] != ':' || hour < 0 || minute < 0 || second < 0)
		return -1;
	if (hour > 23 || minute > 59 || second > 59)
		return -1;
	return (hour * 60 + minute) * 60 + second;
}

/**
 * rivet_parse_time() - read a time as RFC 3339 writes it, in UTC
 * @text: YYYY-MM-DDTHH:MM:SSZ exactly, from 1970 to 9999, no leap seconds
 * @len: bytes of @text
 * @out: seconds since 1970; untouched on error
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_parse_time(const char *text, size_t len, s64 *out)
{
	int days, seconds;

	if (len != sizeof("YYYY-MM-DDTHH:MM:SSZ") - 1 || text[10] != 'T' || text[19] != 'Z')
		return -EBADMSG;
	days = parse_date(text);
	seconds = parse_clock(text + 11);
	if (days < 0 || seconds < 0)
		return -EBADMSG;
	*out = (s64)days * (24 * 60 * 60) + seconds;
	return 0;
}

/* Of each character that is a digit, its value + 1 */
static const u8 hex_digits[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
	['f'] = 16,
};

/**
 * rivet_parse_hex() - read bytes in lower-case hexadecimal
 * @text: two digits a byte
 * @len: bytes of @text, which must be twice @size
 * @out: their values; undefined on error
 * @size: bytes of @out
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_parse_hex(const char *text, size_t len, u8 *out, size_t size)
{
	size_t i;

	if (len % 2 || len / 2 != size)
		return -EBADMSG;
	for (i = 0; i < size; i++) {
		u8 high = hex_digits[(u8)text[2 * i]];
		u8 low = hex_digits[(u8)text[2 * i + 1]];

		if (!high || !low)
			return -EBADMSG;
		out[i] = (high - 1) << 4 | (low - 1);
	}
	return 0;
}

/**
 * rivet_parse_fail() - record the position and reason of a refusal
 * @err: filled in; may be NULL
 * @line: line, counted from 1; 0 if the object as a whole is wrong
 * @column: byte column, counted from 1; 0 if the line as a whole is wrong
 * @expected: the expected text at that position, a static string
 *
 * Context: Any.
 * Return: -EBADMSG, so that a parser can return it at once.
 */
int rivet_parse_fail(struct rivet_parse_error *err, u32 line, u32 column, const char *expected)
{
	if (err)
		*err = (struct rivet_parse_error){
			.line = line,
			.column = column,
			.expected = expected,
		};
	return -EBADMSG;
}

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/**
 * rivet_parse_found() - name the word at the position of a refusal
 * @err: set by rivet_parse_fail(); may be NULL
 * @rest: the text from that position on
 *
 * The signer of a text that a newer version understands is to see the word that this one
 * does not. A word is of letters, digits, - and _, so it can be shown anywhere.
 *
 * Context: any.
 */
void rivet_parse_found(struct rivet_parse_error *err, struct rivet_slice rest)
{
	static const char not[] = ", not ";
	size_t len = 0, start = sizeof(not) - 1;

	while (len < rest.len && len < RIVET_PARSE_FOUND_MAX - start - 1 &&
	       is_of_word(rest.ptr[len]))
		len++;
	if (!err || !len)
		return;
	memcpy(err->found, not, start);
	memcpy(err->found + start, rest.ptr, len);
	err->found[start + len] = '\0';
}

/**
 * rivet_slice_equal() - compare a slice with a word
 * @slice: any bytes
 * @word: a terminated string
 *
 * Context: Any.
 * Return: true if they have the same bytes.
 */
bool rivet_slice_equal(struct rivet_slice slice, const char *word)
{
	return rivet_slice_same(slice, (struct rivet_slice){ .ptr = word, .len = strlen(word) });
}

/**
 * rivet_slice_same() - compare the bytes of two slices
 * @a: a slice
 * @b: another slice
 *
 * Context: Any.
 * Return: true if they are the same; two empty slices are.
 */
bool rivet_slice_same(struct rivet_slice a, struct rivet_slice b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/**
 * rivet_slice_take_until() - split off the text before a separator
 * @rest: the slice to take from; afterwards the text behind the separator
 * @stop: the separator, in neither part
 * @out: the text before the separator
 *
 * Context: Any.
 * Return: true; false if there is no separator, and then nothing changes.
 */
bool rivet_slice_take_until(struct rivet_slice *rest, char stop, struct rivet_slice *out)
{
	size_t len = rivet_bytes_find(rest->ptr, rest->len, stop);

	if (len == rest->len)
		return false;
	out->ptr = rest->ptr;
	out->len = len;
	rest->ptr += len + 1;
	rest->len -= len + 1;
	return true;
}

/**
 * rivet_slice_take_prefix() - take a word off the front
 * @rest: the slice to take from; afterwards the text behind the word
 * @prefix: the word
 *
 * Context: Any.
 * Return: true; false if the slice does not begin with the word, and then nothing changes.
 */
bool rivet_slice_take_prefix(struct rivet_slice *rest, const char *prefix)
{
	size_t len = strlen(prefix);

	if (rest->len < len || (len && memcmp(rest->ptr, prefix, len)))
		return false;
	rest->ptr += len;
	rest->len -= len;
	return true;
}
