// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - commands for a TPM, and its answers: their bytes, and every cut of an answer
 */
#include <string.h>

#include "evidence/command.h"
#include "unit.h"

#define HEADER	"\x80\x02\0\0\0\0\0\0\0\0"
#define VALUE	"\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11" \
		"\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22\x22"

static void expect_body(const struct rivet_command *command, const char *want, size_t len,
			const char *label)
{
	unit_ok(command->len == len && !memcmp(command->body, want, len), "%s", label);
}

static void test_commands(void)
{
	static const char clock[1] = "";
	struct rivet_command command;

	rivet_command_read_public(&command, 0x81010002);
	expect_body(&command, "\x81\x01\x00\x02", 4, "a key's public part");
	rivet_command_read_clock(&command);
	expect_body(&command, clock, 0, "the clock");
	rivet_command_read_pcrs(&command, 0xa00f);
	expect_body(&command, "\0\0\0\1\0\x0b\3\x0f\xa0\0", 10, "PCRs");
	rivet_command_quote(&command, 0x81010002, 0xffff, (const u8 *)VALUE);
	expect_body(&command, "\x81\x01\x00\x02\0\0\0\x09\x40\0\0\x09\0\0\0\0\0\0\x20" VALUE
		    "\0\x10\0\0\0\1\0\x0b\3\xff\xff\0", 63, "a quote");
	unit_ok(command.len <= RIVET_COMMAND_MAX, "which is the longest, and fits");
}

static void test_name(void)
{
	static const char answer[] = HEADER "\0\3abc\0\2\0\x0b\0\1x";
	const size_t size = sizeof(answer) - 1;
	struct rivet_bytes name;
	size_t len;
	char *cut;

	unit_eq(rivet_command_take_name((const u8 *)answer, size, &name), 0, "a key's name");
	unit_ok(name.len == 2 && !memcmp(name.at, "\0\x0b", 2), "is what it says");
	for (len = 0; len < size - 3; len++) {
		cut = unit_copy(answer, len);
		if (!rivet_command_take_name((u8 *)cut, len, &name))
			break;
		free(cut);
	}
	unit_eq(len, size - 3, "every cut before its end is refused");
}

static void test_resets(void)
{
	static const char bytes[] = HEADER "1234567812345678\0\0\1\2\0\0\0\5";
	u32 resets, restarts;

	unit_eq(rivet_command_take_resets((const u8 *)bytes, sizeof(bytes) - 1, &resets,
					  &restarts), 0, "the clock's answer");
	unit_eq(resets, 0x102, "its resets");
	unit_eq(restarts, 5, "and restarts");
	unit_eq(rivet_command_take_resets((const u8 *)bytes, sizeof(bytes) - 2, &resets,
					  &restarts), -EBADMSG, "a cut one");
}

/* @told: set to the PCRs that the answer has */
static int take_pcrs(const char *bytes, size_t len, u32 asked, u32 *told)
{
	u8 values[RIVET_TPM_PCRS][RIVET_TPM_DIGEST] = { { 0 } };
	char *answer = unit_copy(bytes, len);
	int ret;

	*told = asked;
	ret = rivet_command_take_pcrs((u8 *)answer, len, told, values);
	if (!ret && memcmp(values[1], VALUE, sizeof(values[1])))
		ret = 1;
	free(answer);
	return ret;
}

static void test_bad_pcrs(void)
{
	static const struct {
		const char *label;
		struct rivet_slice answer;
		u32 asked;
	} bad[] = {
		{ "none at all, which would be asked for for ever",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x0b\3\0\0\0\0\0\0\0"), 0xffff },
		{ "another bank",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x04\3\2\0\0\0\0\0\1\0\x20" VALUE), 0xffff },
		{ "a PCR beyond the last",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x0b\3\0\0\1\0\0\0\1\0\x20" VALUE), 0x1ffff },
		{ "a longer selection than there are PCRs",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x0b\x09\2\0\0\0\0\0\0\0\0"
			"\0\0\0\1\0\x20" VALUE), 0xffff },
		{ "fewer values than it names",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x0b\3\6\0\0\0\0\0\1\0\x20" VALUE), 0xffff },
		{ "more values than it names",
		  BYTES(HEADER "\0\0\0\x63\0\0\0\1\0\x0b\3\2\0\0\0\0\0\2\0\x20" VALUE), 0xffff },
	};
	size_t i;
	u32 told;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		unit_eq(take_pcrs(bad[i].answer.ptr, bad[i].answer.len, bad[i].asked, &told),
			-EBADMSG, "%s", bad[i].label);
}

static void test_pcrs(void)
{
	static const char good[] =
		HEADER "\0\0\0\x63\0\0\0\1\0\x0b\3\2\0\0\0\0\0\1\0\x20" VALUE;
	size_t len;
	u32 told;

	unit_eq(take_pcrs(good, sizeof(good) - 1, 0xffff, &told), 0, "a value");
	unit_eq(told, 2, "is that of the PCR that the answer names");
	unit_eq(take_pcrs(good, sizeof(good) - 1, 1, &told), -EBADMSG,
		"one that was not asked for");
	for (len = 0; len < sizeof(good) - 1; len++)
		if (!take_pcrs(good, len, 0xffff, &told))
			break;
	unit_eq(len, sizeof(good) - 1, "every cut is refused");
}

static void test_quote(void)
{
	static const char good[] = HEADER "\0\0\0\x09\0\4okaysigsession";
	struct rivet_bytes attest, signature;
	size_t len;
	char *cut;

	unit_eq(rivet_command_take_quote((const u8 *)good, sizeof(good) - 1, &attest, &signature),
		0, "a quote");
	unit_ok(attest.len == 4 && !memcmp(attest.at, "okay", 4), "what is signed");
	unit_ok(signature.len == 3 && !memcmp(signature.at, "sig", 3),
		"the signature, without the session");
	for (len = 0; len < sizeof(HEADER) - 1 + 4 + 9; len++) {
		cut = unit_copy(good, len);
		if (!rivet_command_take_quote((u8 *)cut, len, &attest, &signature))
			break;
		free(cut);
	}
	unit_eq(len, sizeof(HEADER) - 1 + 4 + 9, "every cut is refused");
	unit_eq(rivet_command_take_quote((const u8 *)HEADER "\0\0\0\6\0\4okay", 20, &attest,
					 &signature), -EBADMSG, "one without a signature");
	unit_eq(rivet_command_take_quote((const u8 *)HEADER "\0\0\0\5\0\0sig", 19, &attest,
					 &signature), -EBADMSG, "one of nothing");
}

int main(void)
{
	test_commands();
	test_name();
	test_resets();
	test_pcrs();
	test_bad_pcrs();
	test_quote();
	return unit_done();
}
