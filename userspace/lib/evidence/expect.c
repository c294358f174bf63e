// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: a report compared with expectations
 *
 * The file has lines of rivetctl evidence predict, and lines "pcr-NN: HEX" and "resets: N M" of
 * a report that was taken when the machine was known to be good.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/evidence/verdict.h"

#define EXPECT_FILE_MAX	(4 * 1024 * 1024)
static const char next_file[] =
	"lines of rivetctl evidence predict, and \"pcr-NN: HEX\" and \"resets: N M\" of a report";

#define BOOT_PCRS	0x3ff	/* PCRs 0 to 9: firmware, boot loader, kernel, initramfs */

/**
 * struct expected - where the comparison has got to
 * @report: the report
 * @attest: its quote
 * @list: its list
 * @out: receives deviations
 * @records: records that were expected so far
 */
struct expected {
	const struct report *report;
	const struct attest *attest;
	const struct list *list;
	struct verdict *out;
	size_t records;
};

static bool compare_pcr(struct rivet_slice line, struct expected *e)
{
	uint8_t value[RIVET_TPM_DIGEST];
	struct rivet_slice number;
	int pcr;

	if (!rivet_slice_take_until(&line, ':', &number) || number.len != 2 ||
	    !rivet_slice_take_prefix(&line, " "))
		return false;
	pcr = (number.ptr[0] - '0') * 10 + number.ptr[1] - '0';
	if (pcr < 0 || pcr >= RIVET_TPM_PCRS ||
	    rivet_parse_hex(line.ptr, line.len, value, sizeof(value)))
		return false;
	if (memcmp(value, e->report->pcrs[pcr], sizeof(value)))
		verdict_find(e->out, "PCR %d is not the expected one", pcr);
	e->out->pcrs |= 1U << pcr;
	return true;
}

/* "N M"; the numbers of the quote count, which are not the machine's words. */
static bool compare_resets(struct rivet_slice line, struct expected *e)
{
	struct rivet_slice number;
	u64 resets, restarts;

	if (!rivet_slice_take_until(&line, ' ', &number) ||
	    rivet_parse_u64(number.ptr, number.len, &resets) ||
	    rivet_parse_u64(line.ptr, line.len, &restarts))
		return false;
	if (resets != e->attest->resets || restarts != e->attest->restarts)
		verdict_find(e->out, "the TPM has %" PRIu32 " resets and %" PRIu32
			     " restarts, and not %" PRIu64 " and %" PRIu64
			     ": its PCRs may have been set back without a boot",
			     e->attest->resets, e->attest->restarts, (uint64_t)resets,
			     (uint64_t)restarts);
	e->out->compared |= 1U << VERDICT_RESETS;
	return true;
}

static bool is_record(const struct list_record *record, struct rivet_slice name,
		      struct rivet_slice text)
{
	return rivet_slice_same(record->name, name) && rivet_slice_same(record->text, text);
}

static void find_record(const struct expected *e, size_t number, const char *words)
{
	const struct list_record *record = &e->list->records[number - 1];

	verdict_find(e->out, "record %zu %s: %.*s %.*s", number, words, (int)record->name.len,
		     record->name.ptr, (int)record->text.len, record->text.ptr);
}

/* A line of predict: value, name, text. The value follows from the records. */
static bool compare_record(struct rivet_slice line, struct expected *e)
{
	uint8_t value[RIVET_TPM_DIGEST];
	struct rivet_slice hex, name;
	size_t number;

	if (!rivet_slice_take_until(&line, ' ', &hex) ||
	    rivet_parse_hex(hex.ptr, hex.len, value, sizeof(value)) ||
	    !rivet_slice_take_until(&line, ' ', &name))
		return false;
	number = ++e->records;
	if (number <= e->out->records && is_record(&e->list->records[number - 1], name, line))
		return true;
	if (number <= e->out->records)
		find_record(e, number, "is another one");
	verdict_find(e->out, "record %zu was expected to be: %.*s %.*s", number, (int)name.len,
		     name.ptr, (int)line.len, line.ptr);
	return true;
}

static void end_comparison(const struct expected *e)
{
	size_t number;

	if (e->records)
		e->out->compared |= 1U << VERDICT_RECORDS;
	if ((e->out->pcrs & BOOT_PCRS) == BOOT_PCRS)
		e->out->compared |= 1U << VERDICT_BOOT;
	for (number = e->records + 1; e->records && number <= e->out->records; number++)
		find_record(e, number, "was not expected");
}

static bool compare_line(struct rivet_slice line, struct expected *e)
{
	if (!line.len || line.ptr[0] == '#')
		return true;
	if (rivet_slice_take_prefix(&line, "pcr-"))
		return compare_pcr(line, e);
	if (rivet_slice_take_prefix(&line, "resets: "))
		return compare_resets(line, e);
	return compare_record(line, e);
}

/**
 * verdict_expect() - note differences from expectations
 * @report: the report
 * @attest: its quote
 * @list: its list
 * @path: file of expectations
 * @out: from verdict_check_list()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int verdict_expect(const struct report *report, const struct attest *attest,
		   const struct list *list, const char *path, struct verdict *out,
		   struct err *err)
{
	struct expected e = { report, attest, list, out, 0 };
	struct rivet_slice rest, line;
	struct buffer data;
	size_t lines = 0;
	int ret = file_read(path, EXPECT_FILE_MAX, &data, err);

	if (ret)
		return ret;
	rest = (struct rivet_slice){ data.data, data.len };
	while (!ret && text_next_line(&rest, &line)) {
		lines++;
		if (!compare_line(line, &e))
			ret = err_set(err, EXIT_CONFIG, next_file,
				      "%s: line %zu is nothing that can be expected",
				      err_name(path), lines);
	}
	if (!ret)
		end_comparison(&e);
	buffer_free(&data);
	return ret;
}

/**
 * verdict_require() - note the parts that were not compared with expectations
 * @out: from verdict_check_list(), or from verdict_expect()
 * @accepted: a bit for each enum verdict_part that need not be
 */
void verdict_require(struct verdict *out, uint32_t accepted)
{
	static const char * const words[__VERDICT_PART_MAX] = {
		[VERDICT_RECORDS] = "no records were expected: root can add any behind the others, so only a list that is the expected one to its end proves the objects in force; expect the output of evidence predict, or accept it with --no-records",
		[VERDICT_BOOT] = "PCRs 0 to 9 were not all compared: without them nothing proves which kernel made the list; expect their values, or accept it with --no-boot",
		[VERDICT_RESETS] = "the resets of the TPM were not compared: after one without a boot root can extend all PCRs anew; expect its line \"resets: N M\", or accept it with --no-resets",
	};
	int part;

	for (part = 0; part < __VERDICT_PART_MAX; part++)
		if (!((out->compared | accepted) & 1U << part))
			verdict_find(out, "%s", words[part]);
}
