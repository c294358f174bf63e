// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: a report compared with expectations
 *
 * The file has lines of rivetctl evidence predict, and lines "pcr-NN: HEX" of a report that was
 * taken when the machine was known to be good.
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/evidence/verdict.h"

#define EXPECT_FILE_MAX	(4 * 1024 * 1024)
static const char next_file[] =
	"it has lines of rivetctl evidence predict, and lines \"pcr-NN: HEX\" of a good report";

/**
 * struct expected - where the comparison has got to
 * @report: the report
 * @list: its list
 * @out: receives deviations
 * @records: records that were expected so far
 */
struct expected {
	const struct report *report;
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
	e->out->compared |= 1U << pcr;
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

static void find_others(const struct expected *e)
{
	size_t number;

	for (number = e->records + 1; e->records && number <= e->out->records; number++)
		find_record(e, number, "was not expected");
}

static bool compare_line(struct rivet_slice line, struct expected *e)
{
	if (!line.len || line.ptr[0] == '#')
		return true;
	return rivet_slice_take_prefix(&line, "pcr-") ? compare_pcr(line, e) :
							compare_record(line, e);
}

/**
 * verdict_expect() - note differences from expectations
 * @report: the report
 * @list: its list
 * @path: file of expectations
 * @out: from verdict_check_list()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int verdict_expect(const struct report *report, const struct list *list, const char *path,
		   struct verdict *out, struct err *err)
{
	struct expected e = { report, list, out, 0 };
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
		find_others(&e);
	buffer_free(&data);
	return ret;
}
