// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl evidence verify - judge a report, away from the gateway
 */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "evidence/record.h"
#include "lib/base/text.h"
#include "lib/evidence/signed.h"
#include "lib/evidence/verdict.h"
#include "verbs.h"

#define PCR_MIN	11	/* as of the module's parameter pcr */
#define PCR_MAX	15

static const char * const part_words[__VERDICT_PART_MAX] = {
	[VERDICT_RECORDS] = "the records of the list",
	[VERDICT_BOOT] = "PCRs 0 to 9",
	[VERDICT_RESETS] = "the resets of the TPM",
};

static const char * const part_names[__VERDICT_PART_MAX] = {
	[VERDICT_RECORDS] = "records",
	[VERDICT_BOOT] = "boot",
	[VERDICT_RESETS] = "resets",
};

/**
 * struct options - the command line
 * @ak: file of the key
 * @log: file of the measurement list
 * @expect: file of expectations, or NULL
 * @report: file of the report
 * @nonce: the nonce that was asked with
 * @nonce_len: its bytes
 * @pcr: the PCR that has the list, which a report cannot choose
 * @accepted: a bit for each enum verdict_part that need not be compared
 */
struct options {
	const char *ak;
	const char *log;
	const char *expect;
	const char *report;
	uint8_t nonce[RIVET_REPORT_NONCE_MAX];
	size_t nonce_len;
	u64 pcr;
	uint32_t accepted;
};

/**
 * struct files - the files that are judged
 * @report_file: bytes of the report
 * @list_file: bytes of the list
 * @report: the report
 * @list: the list
 * @attest: the quote
 */
struct files {
	struct buffer report_file;
	struct buffer list_file;
	struct report report;
	struct list list;
	struct attest attest;
};

static int take_option(struct context *ctx, int opt, struct options *options)
{
	const struct rivet_slice nonce = { optarg, optarg ? strlen(optarg) : 0 };

	switch (opt) {
	case 'a':
		options->ak = optarg;
		return EXIT_OK;
	case 'l':
		options->log = optarg;
		return EXIT_OK;
	case 'e':
		options->expect = optarg;
		return EXIT_OK;
	case 'p':
		return !rivet_parse_u64(optarg, strlen(optarg), &options->pcr) &&
		       options->pcr >= PCR_MIN && options->pcr <= PCR_MAX ? EXIT_OK :
			err_usage(ctx, "--pcr is a number from %d to %d", PCR_MIN, PCR_MAX);
	case 'b':
		options->accepted |= 1U << VERDICT_BOOT;
		return EXIT_OK;
	case 'r':
		options->accepted |= 1U << VERDICT_RECORDS;
		return EXIT_OK;
	case 's':
		options->accepted |= 1U << VERDICT_RESETS;
		return EXIT_OK;
	default:
		return report_parse_nonce(nonce, options->nonce, &options->nonce_len) ? EXIT_OK :
			err_usage(ctx, "a nonce is 16 to 64 bytes in lower-case hex digits");
	}
}

static int take_options(struct context *ctx, int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "ak", required_argument, NULL, 'a' },
		{ "nonce", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'l' },
		{ "expect", required_argument, NULL, 'e' },
		{ "pcr", required_argument, NULL, 'p' },
		{ "no-boot", no_argument, NULL, 'b' },
		{ "no-records", no_argument, NULL, 'r' },
		{ "no-resets", no_argument, NULL, 's' },
		{ 0 },
	};
	int opt, ret = EXIT_OK;

	opterr = 0;
	while (!ret && (opt = getopt_long(argc, argv, ":", longs, NULL)) != -1)
		ret = opt == '?' || opt == ':' ? err_option(ctx, opt, argv) :
						 take_option(ctx, opt, options);
	if (ret)
		return ret;
	if (!options->ak || !options->log || !options->nonce_len || argc - optind != 1)
		return err_usage(ctx, "--ak, --nonce, --log and one report are needed");
	options->report = argv[optind];
	return EXIT_OK;
}

static int read_report(const struct options *options, struct files *files, struct err *err)
{
	struct rivet_slice text;
	uint32_t line;
	int ret = file_read(options->report, REPORT_FILE_MAX, &files->report_file, err);

	if (ret)
		return ret;
	text = (struct rivet_slice){ files->report_file.data, files->report_file.len };
	if (!report_parse(text, &files->report, &line))
		return err_set(err, EXIT_INVALID, NULL, "%s: it is no report, see line %" PRIu32,
			       err_name(options->report), line);
	if (files->report.nonce_len != options->nonce_len ||
	    memcmp(files->report.nonce, options->nonce, options->nonce_len))
		return err_set(err, EXIT_INVALID, NULL,
			       "%s: it answers another nonce: an old report, or somebody else's",
			       err_name(options->report));
	if (files->report.pcr != options->pcr)
		return err_set(err, EXIT_INVALID, NULL,
			       "%s: its list is in PCR %" PRIu32 ", and not in %" PRIu64
			       ": if the module has that parameter, give the same --pcr",
			       err_name(options->report), files->report.pcr,
			       (uint64_t)options->pcr);
	return EXIT_OK;
}

static int read_list(const struct options *options, struct files *files, struct err *err)
{
	int ret = file_read(options->log, LIST_FILE_MAX, &files->list_file, err);

	return ret ? ret : list_parse(&files->list_file, options->log, &files->list, err);
}

static int check_signature(const struct options *options, struct files *files, struct err *err)
{
	EVP_PKEY *key = signed_read_key(options->ak, err);
	int ret = key ? signed_check(&files->report, key, &files->attest, err) : (int)err->code;

	EVP_PKEY_free(key);
	return ret;
}

static int judge(const struct options *options, struct files *files, struct verdict *verdict,
		 struct err *err)
{
	int ret = read_report(options, files, err);

	if (!ret)
		ret = check_signature(options, files, err);
	if (!ret)
		ret = read_list(options, files, err);
	if (!ret)
		ret = verdict_check_list(&files->report, &files->list, verdict, err);
	if (ret)
		return ret;
	verdict_judge(&files->report, &files->list, verdict);
	if (options->expect)
		ret = verdict_expect(&files->report, &files->attest, &files->list,
				     options->expect, verdict, err);
	if (!ret)
		verdict_require(verdict, options->accepted);
	return ret;
}

static const char *value_of(const struct report *report, enum report_key key, int *len)
{
	*len = report->value[key].len;
	return report->value[key].ptr;
}

/* "set: NAME VERSION DIGEST" each */
static void print_sets(struct rivet_slice sets)
{
	struct rivet_slice line;

	while (text_next_line(&sets, &line))
		printf("    %.*s\n", (int)line.len, line.ptr);
}

static void print_told(const struct report *report)
{
	static const struct {
		enum report_key key;
		const char *words;
	} told[] = {
		{ REPORT_DENIED, "denied" },
		{ REPORT_DEVIATIONS, "permitted deviations" },
		{ REPORT_QUARANTINED, "quarantined" },
		{ REPORT_ISOLATED, "isolated" },
		{ REPORT_FAULTS, "faults" },
		{ REPORT_HOOKS, "hooks" },
		{ REPORT_VERIFY, "last verification" },
		{ REPORT_EVENTS, "events" },
	};
	const char *text;
	size_t i;
	int len;

	puts("as the machine says, which the measurement list does not prove:");
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		text = value_of(report, told[i].key, &len);
		printf("    %s: %.*s\n", told[i].words, len, text);
	}
	print_sets(report->sets);
}

/* Records that are shown, as the list proves them: each object that came in, in this order */
static const struct {
	const char *record;
	const char *words;
	const char *key;
} shown[] = {
	{ "rivet:trust", "admitted", "admitted" },
	{ "rivet:riv", "loaded set", "loaded_sets" },
	{ "rivet:revoke", "loaded revocation", "loaded_revocations" },
};

#define SHOWN_COUNT (sizeof(shown) / sizeof(shown[0]))

static void print_shown(const struct list *list, size_t count)
{
	const struct list_record *r;
	size_t i;

	for (i = 0; i < SHOWN_COUNT; i++) {
		for (r = list->records; r < list->records + count; r++)
			if (rivet_slice_equal(r->name, shown[i].record))
				printf("%s: %.*s\n", shown[i].words, (int)r->text.len,
				       r->text.ptr);
	}
}

static void write_shown(struct json *json, const struct list *list, size_t count)
{
	const struct list_record *r;
	size_t i;

	for (i = 0; i < SHOWN_COUNT; i++) {
		json_array(json, shown[i].key);
		for (r = list->records; r < list->records + count; r++)
			if (rivet_slice_equal(r->name, shown[i].record))
				json_bytes(json, NULL, r->text.ptr, r->text.len);
		json_close(json);
	}
}

static bool is_compared(const struct verdict *verdict, int part)
{
	return verdict->compared & 1U << part;
}

static void print_end(const struct verdict *verdict)
{
	bool whole = true;
	size_t i;
	int part;

	for (part = 0; part < __VERDICT_PART_MAX; part++) {
		if (is_compared(verdict, part))
			continue;
		whole = false;
		printf("not compared: %s\n", part_words[part]);
	}
	for (i = 0; i < verdict->count; i++)
		printf("DEVIATES: %s\n", verdict->findings[i]);
	if (verdict->more)
		printf("and %zu more\n", verdict->more);
	if (verdict_count(verdict))
		puts("the report is genuine, and tells of deviations");
	else if (whole)
		puts("the report is genuine, and all is as expected");
	else
		puts("the report is genuine, and as expected where it was compared");
}

static void print(const struct files *files, const struct verdict *verdict)
{
	printf("the key has signed the report for this nonce; TPM resets: %" PRIu32
	       ", restarts: %" PRIu32 "\n", files->attest.resets, files->attest.restarts);
	printf("measurement list: %zu record%s, as PCR %" PRIu32 " has them", verdict->records,
	       verdict->records == 1 ? "" : "s", files->report.pcr);
	if (verdict->later)
		printf("; %zu later", verdict->later);
	printf("\nmode: %.*s; trust: %s; policy: %.*s\n", (int)verdict->mode.len,
	       verdict->mode.ptr, verdict->sealed ? "sealed" : "open",
	       verdict->policy.len ? (int)verdict->policy.len : 4,
	       verdict->policy.len ? verdict->policy.ptr : "none");
	print_shown(&files->list, verdict->records);
	print_told(&files->report);
	print_end(verdict);
}

static void write_lists(struct json *json, const struct files *files,
			const struct verdict *verdict)
{
	size_t i;
	int part;

	write_shown(json, &files->list, verdict->records);
	json_array(json, "not_compared");
	for (part = 0; part < __VERDICT_PART_MAX; part++)
		if (!is_compared(verdict, part))
			json_text(json, NULL, part_names[part]);
	json_close(json);
	json_array(json, "findings");
	for (i = 0; i < verdict->count; i++)
		json_text(json, NULL, verdict->findings[i]);
	json_close(json);
}

static void write_json(struct context *ctx, const struct files *files,
		       const struct verdict *verdict)
{
	const size_t count = verdict_count(verdict);
	struct json json;

	verb_json_begin(ctx, &json);
	json_text(&json, "verdict", count ? "deviates" : "good");
	json_u64(&json, "extended", verdict->records);
	json_u64(&json, "later", verdict->later);
	json_bytes(&json, "mode", verdict->mode.ptr, verdict->mode.len);
	json_bool(&json, "sealed", verdict->sealed);
	json_bytes(&json, "policy", verdict->policy.ptr, verdict->policy.len);
	json_u64(&json, "resets", files->attest.resets);
	json_u64(&json, "restarts", files->attest.restarts);
	write_lists(&json, files, verdict);
	json_u64(&json, "more", verdict->more);
	json_u64(&json, "exit", count ? EXIT_DENIED : EXIT_OK);
	json_end(&json);
}

int verb_evidence_verify(struct context *ctx, int argc, char **argv)
{
	struct options options = { .pcr = RIVET_RECORD_PCR };
	struct verdict verdict = { 0 };
	struct files files = { 0 };
	struct err err = { 0 };
	int ret = take_options(ctx, argc, argv, &options);

	if (ret)
		return ret;
	ret = judge(&options, &files, &verdict, &err);
	if (ret)
		ret = err_report(ctx, &err);
	else if (ctx->json)
		write_json(ctx, &files, &verdict);
	else
		print(&files, &verdict);
	if (!ret && verdict_count(&verdict))
		ret = EXIT_DENIED;
	verdict_free(&verdict);
	list_free(&files.list);
	buffer_free(&files.report_file);
	buffer_free(&files.list_file);
	return ret;
}
