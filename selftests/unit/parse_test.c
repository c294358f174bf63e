// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - common code of the parsers of signed texts, tested
 */
#include <linux/limits.h>

#include <time.h>

#include "unit.h"

static const struct {
	const char *label;
	struct rivet_slice text;
	int bad;	/* offset of the first bad byte, -1 if there is none */
} utf8_cases[] = {
	{ "nothing", BYTES(""), -1 },
	{ "ASCII", BYTES("/usr/bin/x"), -1 },
	{ "NUL", BYTES("a\0b"), -1 },
	{ "U+0080", BYTES("\xc2\x80"), -1 },
	{ "U+07FF", BYTES("\xdf\xbf"), -1 },
	{ "U+0800", BYTES("\xe0\xa0\x80"), -1 },
	{ "U+D7FF", BYTES("\xed\x9f\xbf"), -1 },
	{ "U+E000", BYTES("\xee\x80\x80"), -1 },
	{ "U+FEFF", BYTES("\xef\xbb\xbf"), -1 },
	{ "U+FFFF", BYTES("\xef\xbf\xbf"), -1 },
	{ "U+10000", BYTES("\xf0\x90\x80\x80"), -1 },
	{ "U+10FFFF", BYTES("\xf4\x8f\xbf\xbf"), -1 },
	{ "overlong slash, two bytes", BYTES("\xc0\xaf"), 0 },
	{ "overlong, c1", BYTES("\xc1\xbf"), 0 },
	{ "overlong slash, three bytes", BYTES("a\xe0\x80\xaf"), 1 },
	{ "overlong U+07FF", BYTES("\xe0\x9f\xbf"), 0 },
	{ "overlong, four bytes", BYTES("\xf0\x8f\xbf\xbf"), 0 },
	{ "surrogate U+D800", BYTES("\xed\xa0\x80"), 0 },
	{ "surrogate U+DFFF", BYTES("\xed\xbf\xbf"), 0 },
	{ "U+110000", BYTES("\xf4\x90\x80\x80"), 0 },
	{ "f5", BYTES("\xf5\x80\x80\x80"), 0 },
	{ "fe", BYTES("ab\xfe"), 2 },
	{ "ff", BYTES("\xff"), 0 },
	{ "continuation alone", BYTES("ab\x80"), 2 },
	{ "cut off after one of two", BYTES("ab\xc3"), 2 },
	{ "cut off after two of three", BYTES("ab\xe2\x82"), 2 },
	{ "cut off after three of four", BYTES("\xf0\x9f\x98"), 0 },
	{ "second byte no continuation", BYTES("\xc3\x28"), 0 },
	{ "third byte no continuation", BYTES("\xe2\x82\x28"), 0 },
	{ "fourth byte no continuation", BYTES("\xf0\x9f\x98\x28"), 0 },
	{ "ISO 8859-1", BYTES("caf\xe9"), 3 },
};

static void test_utf8(void)
{
	size_t i, bad;

	for (i = 0; i < ARRAY_SIZE(utf8_cases); i++) {
		char *text = unit_copy(utf8_cases[i].text.ptr, utf8_cases[i].text.len);
		bool valid;

		bad = -1;
		valid = rivet_parse_utf8_valid(text, utf8_cases[i].text.len, &bad);
		unit_eq(valid ? -1 : (int)bad, utf8_cases[i].bad, "UTF-8: %s", utf8_cases[i].label);
	}
	unit_ok(!rivet_parse_utf8_valid("\xff", 1, NULL), "UTF-8: nobody asks where");
}

/* Encode each number up to 0x1fffff as if it were a character */
static void test_utf8_all(void)
{
	unsigned int accepted = 0;
	u32 c;

	for (c = 0x10000; c < 0x200000; c++) {
		char text[4] = { 0xf0 | c >> 18, 0x80 | (c >> 12 & 0x3f), 0x80 | (c >> 6 & 0x3f),
				 0x80 | (c & 0x3f) };

		accepted += rivet_parse_utf8_valid(text, 4, NULL);
	}
	unit_eq(accepted, 0x100000, "UTF-8: four bytes end at U+10FFFF");
	for (accepted = 0, c = 0; c < 0x10000; c++) {
		char text[3] = { 0xe0 | c >> 12, 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f) };

		accepted += rivet_parse_utf8_valid(text, 3, NULL);
	}
	unit_eq(accepted, 0x10000 - 0x800 - 0x800, "UTF-8: three bytes without surrogates");
}

static const struct {
	const char *text;
	int ret;
	u64 value;
} number_cases[] = {
	{ "0", 0, 0 },
	{ "7", 0, 7 },
	{ "10", 0, 10 },
	{ "4294967296", 0, 4294967296ULL },
	{ "9223372036854775808", 0, 9223372036854775808ULL },
	{ "18446744073709551615", 0, U64_MAX },
	{ "18446744073709551616", -EBADMSG, 0 },
	{ "18446744073709551620", -EBADMSG, 0 },
	{ "28446744073709551615", -EBADMSG, 0 },
	{ "184467440737095516150", -EBADMSG, 0 },
	{ "99999999999999999999999999999999", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "00", -EBADMSG, 0 },
	{ "01", -EBADMSG, 0 },
	{ "+1", -EBADMSG, 0 },
	{ "-1", -EBADMSG, 0 },
	{ " 1", -EBADMSG, 0 },
	{ "1 ", -EBADMSG, 0 },
	{ "1\n", -EBADMSG, 0 },
	{ "1.0", -EBADMSG, 0 },
	{ "0x1", -EBADMSG, 0 },
	{ "1e3", -EBADMSG, 0 },
	{ "\xd9\xa1", -EBADMSG, 0 },	/* ARABIC-INDIC DIGIT ONE */
	{ "/", -EBADMSG, 0 },
	{ ":", -EBADMSG, 0 },
};

static void test_numbers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(number_cases); i++) {
		size_t len = strlen(number_cases[i].text);
		u64 value = 42;
		int ret = rivet_parse_u64(unit_copy(number_cases[i].text, len), len, &value);

		unit_eq(ret, number_cases[i].ret, "number: '%s'", number_cases[i].text);
		unit_eq(value, ret ? 42 : number_cases[i].value, "value: '%s'",
			number_cases[i].text);
	}
	unit_eq(rivet_parse_u64("1\0", 2, &(u64){ 0 }), -EBADMSG, "number: NUL");
}

static const struct {
	const char *text;
	int ret;
	u64 value;
} version_cases[] = {
	{ "0.0.0", 0, 0 },
	{ "1.2.3", 0, 1ULL << 32 | 2 << 16 | 3 },
	{ "65535.65535.65535", 0, 0xffffffffffffULL },
	{ "1.0.0", 0, 1ULL << 32 },
	{ "65536.0.0", -EBADMSG, 0 },
	{ "0.65536.0", -EBADMSG, 0 },
	{ "0.0.65536", -EBADMSG, 0 },
	{ "18446744073709551616.0.0", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "1", -EBADMSG, 0 },
	{ "1.2", -EBADMSG, 0 },
	{ "1.2.", -EBADMSG, 0 },
	{ ".1.2", -EBADMSG, 0 },
	{ "1..2", -EBADMSG, 0 },
	{ "..", -EBADMSG, 0 },
	{ "1.2.3.4", -EBADMSG, 0 },
	{ "1.2.3.", -EBADMSG, 0 },
	{ "01.2.3", -EBADMSG, 0 },
	{ "1.02.3", -EBADMSG, 0 },
	{ "1.2.03", -EBADMSG, 0 },
	{ "1.2.3 ", -EBADMSG, 0 },
	{ "v1.2.3", -EBADMSG, 0 },
	{ "1.2.-3", -EBADMSG, 0 },
};

static void test_versions(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(version_cases); i++) {
		size_t len = strlen(version_cases[i].text);
		u64 value = 42;
		int ret = rivet_parse_version3(unit_copy(version_cases[i].text, len), len, &value);

		unit_eq(ret, version_cases[i].ret, "version: '%s'", version_cases[i].text);
		unit_eq(value, ret ? 42 : version_cases[i].value, "value: '%s'",
			version_cases[i].text);
	}
}

static const struct {
	const char *text;
	s64 value;	/* -1 if it is to be refused */
} time_cases[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01T00:00:01Z", 1 },
	{ "1999-12-31T23:59:59Z", 946684799 },
	{ "2000-02-29T12:00:00Z", 951825600 },
	{ "2024-02-29T00:00:00Z", 1709164800 },
	{ "2038-01-19T03:14:08Z", 2147483648LL },
	{ "9999-12-31T23:59:59Z", 253402300799LL },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "0000-01-01T00:00:00Z", -1 },
	{ "2023-02-29T00:00:00Z", -1 },
	{ "2100-02-29T00:00:00Z", -1 },
	{ "2024-02-30T00:00:00Z", -1 },
	{ "2024-04-31T00:00:00Z", -1 },
	{ "2024-00-01T00:00:00Z", -1 },
	{ "2024-13-01T00:00:00Z", -1 },
	{ "2024-01-00T00:00:00Z", -1 },
	{ "2024-01-32T00:00:00Z", -1 },
	{ "2024-01-01T24:00:00Z", -1 },
	{ "2024-01-01T00:60:00Z", -1 },
	{ "2016-12-31T23:59:60Z", -1 },
	{ "2024-01-01t00:00:00Z", -1 },
	{ "2024-01-01 00:00:00Z", -1 },
	{ "2024-01-01T00:00:00z", -1 },
	{ "2024-01-01T00:00:00", -1 },
	{ "2024-01-01T00:00:00+00:00", -1 },
	{ "2024-01-01T00:00:00.0Z", -1 },
	{ "2024-1-01T00:00:00ZZ", -1 },
	{ "2024/01/01T00:00:00Z", -1 },
	{ "2024-01/01T00:00:00Z", -1 },
	{ "2024-01-01T00.00:00Z", -1 },
	{ "2024-01-01T00:00.00Z", -1 },
	{ "+024-01-01T00:00:00Z", -1 },
	{ "2024-01-01T-1:00:00Z", -1 },
	{ "2024-01-01T0:000:00Z", -1 },
	{ "2024-01-01T00:00: 1Z", -1 },
	{ "2024-01-01", -1 },
	{ "", -1 },
};

static void test_times(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(time_cases); i++) {
		size_t len = strlen(time_cases[i].text);
		s64 value = -1;

		rivet_parse_time(unit_copy(time_cases[i].text, len), len, &value);
		unit_eq(value, time_cases[i].value, "time: '%s'", time_cases[i].text);
	}
}

/* Every day from 1970 to 9999, against the C library */
static void test_every_day(void)
{
	const s64 day = 24 * 60 * 60;
	unsigned int wrong = 0;
	char text[32];
	s64 want, got;

	for (want = day / 2; want < 253402300800LL; want += day) {
		time_t seconds = want;
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		wrong += rivet_parse_time(text, strlen(text), &got) || got != want;
	}
	unit_eq(wrong, 0, "time: every day from 1970 to 9999");
}

static void test_hex(void)
{
	u8 bytes[2] = { 0, 0 };

	unit_eq(rivet_parse_hex("", 0, bytes, 0), 0, "hex: nothing");
	unit_eq(rivet_parse_hex("0aF0", 4, bytes, 2), -EBADMSG, "hex: upper case");
	unit_eq(rivet_parse_hex("0af0", 4, bytes, 2), 0, "hex: two bytes");
	unit_ok(bytes[0] == 0x0a && bytes[1] == 0xf0, "hex: their values");
	unit_eq(rivet_parse_hex("0af", 3, bytes, 2), -EBADMSG, "hex: three digits");
	unit_eq(rivet_parse_hex("0af", 3, bytes, 1), -EBADMSG, "hex: half a byte too many");
	unit_eq(rivet_parse_hex("0af000", 6, bytes, 2), -EBADMSG, "hex: too long");
	unit_eq(rivet_parse_hex("0a", 2, bytes, 2), -EBADMSG, "hex: too short");
	unit_eq(rivet_parse_hex("0x", 2, bytes, 1), -EBADMSG, "hex: x");
	unit_eq(rivet_parse_hex("0\0", 2, bytes, 1), -EBADMSG, "hex: NUL");
}

static void test_slices(void)
{
	struct rivet_slice rest = unit_slice("a,,b"), part = {}, none = {};

	unit_ok(!rivet_slice_take_until(&none, ',', &part), "slice: nothing in nothing");
	unit_ok(rivet_slice_take_until(&rest, ',', &part) && part.len == 1, "slice: first");
	unit_ok(rivet_slice_take_until(&rest, ',', &part) && !part.len, "slice: empty one");
	unit_ok(!rivet_slice_take_until(&rest, ',', &part), "slice: no separator left");
	unit_ok(rivet_slice_equal(rest, "b"), "slice: the rest stays");
	unit_ok(!rivet_slice_take_prefix(&rest, "bc"), "slice: prefix longer than all");
	unit_ok(rivet_slice_take_prefix(&rest, "b") && !rest.len, "slice: prefix that is all");
	unit_ok(rivet_slice_take_prefix(&none, ""), "slice: empty prefix of nothing");
	unit_ok(rivet_slice_equal(none, ""), "slice: nothing is the empty word");
	unit_ok(!rivet_slice_equal(none, "a"), "slice: nothing is no other word");
	unit_ok(!rivet_slice_equal(unit_slice("ab"), "a"), "slice: longer than the word");
	unit_ok(rivet_slice_same(none, unit_slice("")), "slice: two empty ones");
	unit_ok(!rivet_slice_same(unit_slice("ab"), unit_slice("ac")), "slice: other bytes");
}

static void test_fail(void)
{
	struct rivet_parse_error err = {};

	unit_eq(rivet_parse_fail(NULL, 1, 2, "x"), -EBADMSG, "error: nobody asks where");
	unit_eq(rivet_parse_fail(&err, 3, 4, "x"), -EBADMSG, "error: its errno");
	unit_place(&err, 3, 4, "error: its place");
}

int main(void)
{
	test_utf8();
	test_utf8_all();
	test_numbers();
	test_versions();
	test_times();
	test_every_day();
	test_hex();
	test_slices();
	test_fail();
	return unit_done();
}
