// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - records of the measurement list: their bytes, tested
 */
#include <string.h>

#include "evidence/record.h"
#include "unit.h"

#define DIGEST	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10" \
		"\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20"

static void test_bytes(void)
{
	static const char wanted[] =
		"\x28\0\0\0sha256:\0" DIGEST "\x0b\0\0\0rivet:mode\0\x05\0\0\0audit";
	struct rivet_slice text = { "audit", 5 };
	u8 data[RIVET_RECORD_DATA_MAX];
	size_t len = rivet_record_data("rivet:mode", text, (const u8 *)DIGEST, data);

	unit_eq(len, sizeof(wanted) - 1, "the length of a record");
	unit_ok(!memcmp(data, wanted, sizeof(wanted) - 1), "its bytes, as IMA writes them");
}

static void test_bounds(void)
{
	static const char long_text[RIVET_RECORD_TEXT_MAX];
	struct rivet_slice text = { long_text, RIVET_RECORD_TEXT_MAX - 1 };
	u8 data[RIVET_RECORD_DATA_MAX + 1] = { [RIVET_RECORD_DATA_MAX] = 0xee };

	unit_eq(rivet_record_data("rivet:123456789", text, (const u8 *)DIGEST, data),
		RIVET_RECORD_DATA_MAX - 1, "the longest name and text");
	unit_eq(data[RIVET_RECORD_DATA_MAX], 0xee, "nothing is written behind them");
	unit_eq(rivet_record_data("rivet:1234567890", text, (const u8 *)DIGEST, data), 0,
		"a longer name");
	text.len++;
	unit_eq(rivet_record_data("rivet:mode", text, (const u8 *)DIGEST, data), 0,
		"a longer text");
	text.len = 0;
	unit_eq(rivet_record_data("a", text, (const u8 *)DIGEST, data), 4 + 40 + 4 + 2 + 4,
		"no text at all");
}

int main(void)
{
	test_bytes();
	test_bounds();
	return unit_done();
}
