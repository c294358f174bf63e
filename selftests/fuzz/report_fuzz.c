// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - fuzzer: reports, quotes, signatures of a TPM, its answers, and measurement lists
 *
 * The same bytes are tried as each of them. All slices of a result lie inside them, and a
 * report is all text that can be shown.
 */
#include "evidence/command.h"
#include "fuzz.h"
#include "lib/evidence/attest.h"
#include "lib/evidence/list.h"
#include "lib/evidence/report.h"
#include "lib/evidence/verdict.h"

static const char *first, *end;

static void check_inside(const void *ptr, size_t len)
{
	FUZZ_ASSERT(!len || ((const char *)ptr >= first && (const char *)ptr + len <= end));
}

static void check_bytes(struct rivet_bytes bytes)
{
	check_inside(bytes.at, bytes.len);
}

static void check_words(struct rivet_slice words)
{
	size_t i;

	check_inside(words.ptr, words.len);
	for (i = 0; i < words.len; i++)
		FUZZ_ASSERT(words.ptr[i] >= ' ' && words.ptr[i] <= '~');
}

static void check_quote(const u8 *data, size_t size)
{
	const struct rivet_bytes bytes = { data, size };
	struct attest_signature signature;
	struct attest attest;

	if (!attest_parse(bytes, &attest)) {
		check_bytes(attest.qualifying);
		check_bytes(attest.digest);
	}
	if (!attest_parse_signature(bytes, &signature)) {
		FUZZ_ASSERT(signature.first.len);
		check_bytes(signature.first);
		check_bytes(signature.second);
	}
}

static void check_answers(const u8 *data, size_t size)
{
	u8 values[RIVET_TPM_PCRS][RIVET_TPM_DIGEST];
	struct rivet_bytes one, two;
	u32 number, pcrs = 0xffff;

	if (!rivet_command_take_name(data, size, &one))
		check_bytes(one);
	if (!rivet_command_take_quote(data, size, &one, &two)) {
		check_bytes(one);
		check_bytes(two);
	}
	rivet_command_take_resets(data, size, &number, &number);
	if (!rivet_command_take_pcrs(data, size, &pcrs, values))
		FUZZ_ASSERT(pcrs && pcrs <= 0xffff);
}

static void check_report(const u8 *data, size_t size)
{
	struct report report;
	uint32_t line;
	int key;

	if (!report_parse((struct rivet_slice){ (const char *)data, size }, &report, &line)) {
		FUZZ_ASSERT(line);
		return;
	}
	for (key = 0; key < __REPORT_KEY_MAX; key++)
		check_words(report.value[key]);
	check_inside(report.sets.ptr, report.sets.len);
	FUZZ_ASSERT(report.text.ptr == first && report.text.len < size);
	FUZZ_ASSERT(report.nonce_len >= 16 && report.nonce_len <= sizeof(report.nonce));
	FUZZ_ASSERT(report.attest_len <= sizeof(report.attest) &&
		    report.signature_len <= sizeof(report.signature));
	FUZZ_ASSERT(report.why_unsigned.ptr || (report.attest_len && report.signature_len));
}

static void check_list(const u8 *data, size_t size)
{
	const struct buffer file = { .data = (char *)data, .len = size };
	struct verdict verdict = { 0 };
	struct report report = { 0 };
	struct err err = { 0 };
	struct list list;
	size_t i;

	if (!list_parse(&file, "list", &list, &err)) {
		FUZZ_ASSERT(list.count);
		for (i = 0; i < list.count; i++) {
			check_words(list.records[i].name);
			check_words(list.records[i].text);
		}
		verdict.records = list.count;
		verdict_judge(&report, &list, &verdict);
		verdict_free(&verdict);
	}
	list_free(&list);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	first = (const char *)data;
	end = first + size;
	check_quote(data, size);
	check_answers(data, size);
	check_report(data, size);
	check_list(data, size);
	return 0;
}
