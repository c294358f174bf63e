// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: the verdict on a report and its measurement list
 *
 * The PCR proves the list, and the list says which objects came into force. The words of the
 * report are compared with it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/evidence/verdict.h"

static const char next_again[] =
	"read the list after the report, or ask for another report and list";

/**
 * verdict_find() - note a deviation
 * @out: the verdict
 * @fmt: the deviation, in words
 */
void verdict_find(struct verdict *out, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	if (out->count == VERDICT_FINDINGS_MAX) {
		out->more++;
		return;
	}
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		out->findings[out->count++] = text;
	else
		out->more++;
}

/**
 * verdict_count() - count the deviations
 * @verdict: the verdict
 *
 * Return: their number, with those that have no words for want of room or memory.
 */
size_t verdict_count(const struct verdict *verdict)
{
	return verdict->count + verdict->more;
}

/**
 * verdict_free() - free the deviations
 * @verdict: the verdict
 */
void verdict_free(struct verdict *verdict)
{
	while (verdict->count)
		free(verdict->findings[--verdict->count]);
}

static bool is_named(const struct list_record *record, const char *name)
{
	return rivet_slice_equal(record->name, name);
}

/* Returns after how many records the PCR has the value of the report; -1 if never. */
static ssize_t find_value(const struct report *report, const struct list *list)
{
	uint8_t value[SHA256_DIGEST_LENGTH];
	size_t i;

	list_begin(list, value);
	for (i = 0; i < list->count; i++) {
		list_extend(value, &list->records[i]);
		if (!memcmp(value, report->pcrs[report->pcr], sizeof(value)))
			return i + 1;
	}
	return -1;
}

static int check_pcrs(const struct report *report, const struct list *list, struct err *err)
{
	const struct list_record *r;

	for (r = list->records; r < list->records + list->count; r++)
		if (r->pcr != report->pcr)
			return err_set(err, EXIT_INVALID, NULL,
				       "record %zd of the list is for PCR %" PRIu32 ", not for %"
				       PRIu32, r - list->records + 1, r->pcr, report->pcr);
	return EXIT_OK;
}

static int check_value(const struct report *report, const struct list *list, struct err *err)
{
	ssize_t found = find_value(report, list);

	if (found >= 0 && (uint64_t)found == report->records)
		return EXIT_OK;
	if (report->records > list->count)
		return err_set(err, EXIT_INVALID, next_again,
			       "the list has %zu records, and the report tells of %" PRIu64,
			       list->count, report->records);
	if (found >= 0)
		return err_set(err, EXIT_INVALID, next_again,
			       "the PCR has %zd records of the list, and the report tells of %"
			       PRIu64, found, report->records);
	return err_set(err, EXIT_INVALID, NULL,
		       "the list does not give the value of PCR %" PRIu32
		       ": it was changed, is another one, or somebody else has extended the PCR",
		       report->pcr);
}

/* Walks over the records that the PCR has. */
static void collect(const struct list *list, struct verdict *out)
{
	const struct list_record *r;

	out->mode = (struct rivet_slice){ "audit", strlen("audit") };
	for (r = list->records; r < list->records + out->records; r++) {
		if (is_named(r, "rivet:mode") && rivet_slice_equal(r->text, "confirm"))
			out->mode = (struct rivet_slice){ "enforce", strlen("enforce") };
		else if (is_named(r, "rivet:mode"))
			out->mode = r->text;
		else if (is_named(r, "rivet:seal"))
			out->sealed = true;
		else if (is_named(r, "rivet:policy"))
			out->policy = r->text;
	}
}

/* Text of the last record of a set; empty without one. */
static struct rivet_slice set_record(const struct list *list, size_t count,
				     struct rivet_slice set)
{
	struct rivet_slice last = { 0 }, text, name;
	const struct list_record *r;

	for (r = list->records; r < list->records + count; r++) {
		text = r->text;
		if (is_named(r, "rivet:riv") && rivet_slice_take_until(&text, ' ', &name) &&
		    rivet_slice_same(name, set))
			last = r->text;
	}
	return last;
}

static void find_words(struct verdict *out, const char *what, struct rivet_slice words)
{
	verdict_find(out, "%s: %.*s", what, (int)words.len, words.ptr);
}

static int disagree(struct err *err, const char *what, struct rivet_slice report,
		    struct rivet_slice list)
{
	return err_set(err, EXIT_INVALID, next_again,
		       "%s: the report says \"%.*s\", and the list \"%.*s\"", what,
		       (int)report.len, report.ptr, (int)list.len, list.ptr);
}

static int compare_state(const struct report *report, const struct verdict *out, struct err *err)
{
	const bool audit = rivet_slice_equal(out->mode, "audit");
	const struct rivet_slice none = { "-", 1 };
	const struct rivet_slice seal = out->sealed ? (struct rivet_slice){ "sealed", 6 } :
						      (struct rivet_slice){ "open", 4 };
	struct rivet_slice trust = report->value[REPORT_TRUST];

	if (!rivet_slice_equal(report->value[REPORT_MODE], audit ? "audit" : "enforce"))
		return disagree(err, "mode", report->value[REPORT_MODE], out->mode);
	if (trust.len < seal.len || memcmp(trust.ptr, seal.ptr, seal.len))
		return disagree(err, "trust", trust, seal);
	if (!rivet_slice_same(report->value[REPORT_POLICY], out->policy.len ? out->policy : none))
		return disagree(err, "policy", report->value[REPORT_POLICY],
				out->policy.len ? out->policy : none);
	return EXIT_OK;
}

/* @line is the last that the list has of the set. */
static bool is_in_force(const struct list *list, size_t count, struct rivet_slice line)
{
	struct rivet_slice rest = line, name;

	return rivet_slice_take_until(&rest, ' ', &name) &&
	       rivet_slice_same(set_record(list, count, name), line);
}

static int compare_sets(const struct report *report, const struct list *list,
			const struct verdict *out, struct err *err)
{
	struct rivet_slice rest = report->sets, said = report->value[REPORT_SETS], line;
	uint64_t lines = 0;
	u64 count = 0;

	while (text_next_line(&rest, &line)) {
		lines++;
		rivet_slice_take_prefix(&line, "set: ");
		if (!is_in_force(list, out->records, line))
			return err_set(err, EXIT_INVALID, next_again,
				       "the report tells of a set that the measurement list does not have, or has in a later version: %.*s",
				       (int)line.len, line.ptr);
	}
	if (!rivet_slice_equal(said, "-") && rivet_parse_u64(said.ptr, said.len, &count))
		count = lines + 1;
	if (count != lines)
		return err_set(err, EXIT_INVALID, NULL,
			       "sets: the report says \"%.*s\", and has %" PRIu64 " of them",
			       (int)said.len, said.ptr, lines);
	return EXIT_OK;
}

/**
 * verdict_check_list() - check that a list is the one of a report
 * @report: a report that is signed
 * @list: the list; it may have more records, from later on
 * @out: filled, without deviations
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_INVALID.
 */
int verdict_check_list(const struct report *report, const struct list *list,
		       struct verdict *out, struct err *err)
{
	int ret;

	memset(out, 0, sizeof(*out));
	ret = check_pcrs(report, list, err);
	if (!ret)
		ret = check_value(report, list, err);
	if (ret)
		return ret;
	out->records = report->records;
	out->later = list->count - out->records;
	collect(list, out);
	ret = compare_state(report, out, err);
	return ret ? ret : compare_sets(report, list, out, err);
}

static void judge_value(const struct report *report, enum report_key key, const char *good,
			const char *words, struct verdict *out)
{
	if (!rivet_slice_equal(report->value[key], good))
		find_words(out, words, report->value[key]);
}

/* "TICKET done N of N 0 failed" */
static bool is_verified(struct rivet_slice value)
{
	struct rivet_slice ticket, done, files;

	return rivet_slice_take_until(&value, ' ', &ticket) &&
	       rivet_slice_take_prefix(&value, "done ") &&
	       rivet_slice_take_until(&value, ' ', &done) &&
	       rivet_slice_take_prefix(&value, "of ") &&
	       rivet_slice_take_until(&value, ' ', &files) && done.len &&
	       rivet_slice_same(done, files) && rivet_slice_equal(value, "0 failed");
}

static void judge_verification(const struct report *report, struct verdict *out)
{
	struct rivet_slice value = report->value[REPORT_VERIFY];

	if (!rivet_slice_equal(value, "-") && !is_verified(value))
		find_words(out, "the last verification found files that fail, or is incomplete",
			   value);
}

/* "A live B derived 0 missing" */
static void judge_hooks(const struct report *report, struct verdict *out)
{
	static const char good[] = " 0 missing";
	struct rivet_slice value = report->value[REPORT_HOOKS];

	if (value.len <= strlen(good) ||
	    memcmp(value.ptr + value.len - strlen(good), good, strlen(good)))
		find_words(out, "hooks that are not attached", value);
}

/* The module makes the first record when it is loaded, and none like it afterwards. */
static void judge_start(const struct list *list, struct verdict *out)
{
	const struct list_record *r = list->records;

	if (!is_named(r, "rivet:start"))
		find_words(out, "the list does not begin with rivet:start, but with", r->name);
	while (++r < list->records + out->records)
		if (is_named(r, "rivet:start"))
			find_words(out, "the module was loaded again, or by another kernel",
				   r->text);
}

static void judge_list(const struct list *list, struct verdict *out)
{
	uint8_t value[SHA256_DIGEST_LENGTH];
	const struct list_record *r;

	if (list_begin(list, value))
		find_words(out, "the PCR was used before the module was loaded",
			   list->records[0].text);
	for (r = list->records; r < list->records + out->records; r++)
		if (is_named(r, "rivet:lost") || is_named(r, "rivet:overflow") ||
		    is_named(r, "rivet:end"))
			find_words(out, "the list says", r->text);
}

/**
 * verdict_judge() - note differences from a gateway that enforces
 * @report: the report
 * @list: its list
 * @out: from verdict_check_list()
 */
void verdict_judge(const struct report *report, const struct list *list, struct verdict *out)
{
	judge_start(list, out);
	judge_list(list, out);
	if (report->lost)
		verdict_find(out, "%" PRIu64 " records are not in the list", report->lost);
	if (!rivet_slice_equal(out->mode, "enforce"))
		find_words(out, "it does not enforce, its mode", out->mode);
	if (!out->sealed)
		verdict_find(out, "the trust is not sealed");
	judge_value(report, REPORT_ISOLATED, "no", "it is isolated", out);
	judge_value(report, REPORT_QUARANTINED, "0", "quarantined files", out);
	judge_value(report, REPORT_FAULTS, "0", "parts of /etc/rivet that are not in force", out);
	if (rivet_slice_equal(report->value[REPORT_SETS], "-"))
		verdict_find(out, "the sets are not told: the machine had no memory for them");
	judge_hooks(report, out);
	judge_verification(report, out);
}
