// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - DER, tested
 */
#include "text/der.h"
#include "unit.h"

struct form_case {
	const char *label;
	struct rivet_slice bytes;
	bool well_formed;
};

#define SEQ5(inner) "\x30\x05\x30\x03" inner	/* two sequences around three bytes */

static const struct form_case form_cases[] = {
	{ "half an element", BYTES("\x30"), false },
	{ "more than there is", BYTES("\x02\x02\x01"), false },
	{ "more than there is, inside", BYTES(SEQ5("\x02\x02\x01")), false },
	{ "a byte too many", BYTES("\x02\x01\x01\x00"), false },
	{ "a byte too many, inside", BYTES("\x30\x04\x02\x01\x01\x00"), false },
	{ "indefinite length", BYTES("\x30\x80\x00\x00"), false },
	{ "a short length in two bytes", BYTES("\x30\x81\x03\x02\x01\x01"), false },
	{ "a length that begins with 0", BYTES("\x30\x82\x00\x03\x02\x01\x01"), false },
	{ "a length of four bytes", BYTES("\x04\x84\x01\x00\x00\x00"), false },
	{ "a length of 127", BYTES("\x04\xff"), false },
	{ "end of contents", BYTES("\x00\x00"), false },
	{ "a tag of two bytes", BYTES("\x1f\x20\x01\x00"), false },
	{ "a sequence without contents in elements", BYTES("\x10\x00"), false },
	{ "an integer with elements", BYTES("\x22\x03\x02\x01\x01"), false },
	{ "nothing", BYTES(""), true },
	{ "an empty sequence", BYTES("\x30\x00"), true },
	{ "an integer", BYTES("\x02\x01\x01"), true },
	{ "two integers", BYTES("\x02\x01\x01\x02\x01\x02"), true },
	{ "an integer in sequences", BYTES(SEQ5("\x02\x01\x01")), true },
	{ "a context element", BYTES("\xa0\x03\x02\x01\x01"), true },
};

static bool is_well_formed(struct rivet_slice bytes)
{
	u8 *copy = (u8 *)unit_copy(bytes.ptr, bytes.len);
	bool ret = rivet_der_is_well_formed((struct rivet_der){ .ptr = copy, .len = bytes.len });

	free(copy);
	return ret;
}

static void test_form(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(form_cases); i++)
		unit_eq(is_well_formed(form_cases[i].bytes), form_cases[i].well_formed, "%s",
			form_cases[i].label);
}

/* Sequences in each other, as many as there may be and one more */
static void test_depth(void)
{
	u8 bytes[2 * 17];
	int depth, i;

	for (depth = 16; depth <= 17; depth++) {
		for (i = 0; i < depth; i++) {
			bytes[2 * i] = RIVET_DER_SEQUENCE;
			bytes[2 * i + 1] = 2 * (depth - i - 1);
		}
		unit_eq(is_well_formed((struct rivet_slice){ (char *)bytes, 2 * depth }),
			depth <= 16, "%d sequences in each other", depth);
	}
}

static void test_take(void)
{
	static const u8 bytes[] = { 0x02, 0x01, 0x07, 0x04, 0x00 };
	struct rivet_der in = { bytes, sizeof(bytes) }, value;

	unit_ok(!rivet_der_take(&(struct rivet_der){ bytes, 0 }, RIVET_DER_INTEGER, &value),
		"nothing holds no integer");
	unit_ok(!rivet_der_next_is(&(struct rivet_der){ bytes, 0 }, 0, 0xff), "nor anything");
	unit_ok(!rivet_der_take(&(struct rivet_der){ bytes, 2 }, RIVET_DER_INTEGER, &value),
		"an integer that was cut off is none");
	unit_ok(!rivet_der_take_integer(&(struct rivet_der){ bytes + 3, 2 }, &value),
		"octets are no integer");
	unit_ok(rivet_der_next_is(&in, RIVET_DER_INTEGER, RIVET_DER_BITS), "next is an integer");
	unit_ok(!rivet_der_next_is(&in, RIVET_DER_BITS, RIVET_DER_SEQUENCE), "and nothing else");
	unit_ok(rivet_der_take(&in, RIVET_DER_INTEGER, &value) && value.len == 1 &&
		value.ptr[0] == 7, "it is taken");
	unit_ok(rivet_der_take(&in, RIVET_DER_OCTETS, &value) && !value.len && !in.len,
		"and what is behind it");
}

static const struct form_case integer_cases[] = {
	{ "no byte", BYTES("\x02\x00"), false },
	{ "a zero too many", BYTES("\x02\x02\x00\x7f"), false },
	{ "a sign too many", BYTES("\x02\x02\xff\x80"), false },
	{ "zero", BYTES("\x02\x01\x00"), true },
	{ "minus one", BYTES("\x02\x01\xff"), true },
	{ "128", BYTES("\x02\x02\x00\x80"), true },
	{ "-129", BYTES("\x02\x02\xff\x7f"), true },
};

static void test_integers(void)
{
	struct rivet_der in, value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(integer_cases); i++) {
		in.ptr = (const u8 *)integer_cases[i].bytes.ptr;
		in.len = integer_cases[i].bytes.len;
		unit_eq(rivet_der_take_integer(&in, &value), integer_cases[i].well_formed,
			"integer: %s", integer_cases[i].label);
	}
}

int main(void)
{
	test_form();
	test_depth();
	test_take();
	test_integers();
	return unit_done();
}
