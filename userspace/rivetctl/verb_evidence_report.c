// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl evidence report - have the kernel make a report for a nonce
 */
#include <getopt.h>
#include <string.h>

#include "lib/evidence/report.h"
#include "lib/kernel/secfs.h"
#include "verbs.h"

static int write_report(struct context *ctx, const struct buffer *report, const char *out_path,
			struct err *err)
{
	struct json json;

	if (out_path)
		return file_write(out_path, report->data, report->len, err);
	if (!ctx->json) {
		fwrite(report->data, 1, report->len, stdout);
		return EXIT_OK;
	}
	verb_json_begin(ctx, &json);
	json_bytes(&json, "report", report->data, report->len);
	json_end(&json);
	return EXIT_OK;
}

static int make_report(struct context *ctx, const char *nonce, const char *out_path)
{
	struct buffer report;
	struct err err = { 0 };
	int ret = secfs_report(nonce, &report, &err);

	if (!ret)
		ret = write_report(ctx, &report, out_path, &err);
	buffer_free(&report);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}

int verb_evidence_report(struct context *ctx, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "nonce", required_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *nonce = NULL, *out_path = NULL;
	uint8_t bytes[RIVET_REPORT_NONCE_MAX];
	size_t len;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (opt != 'n' && opt != 'o')
			return err_option(ctx, opt, argv);
		*(opt == 'n' ? &nonce : &out_path) = optarg;
	}
	if (!nonce || argc != optind)
		return err_usage(ctx, "the asker's --nonce is needed, and nothing else");
	if (!report_parse_nonce((struct rivet_slice){ nonce, strlen(nonce) }, bytes, &len))
		return err_usage(ctx, "a nonce is 16 to 64 bytes in lower-case hex digits");
	return make_report(ctx, nonce, out_path);
}
