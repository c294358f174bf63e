// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - what this machine lacks for enforcement
 */
#include <stdarg.h>

#include "doctor.h"
#include "lib/base/text.h"
#include "options.h"

static const char * const words[__FINDING_MAX] = {
	[FINDING_OK] = "ok",
	[FINDING_WARN] = "warn",
	[FINDING_FAIL] = "fail",
};

static void write_finding(struct json *json, enum finding finding, const char *name,
			  const char *next, const char *text)
{
	json_object(json, NULL);
	json_text(json, "name", name);
	json_text(json, "state", words[finding]);
	json_text(json, "text", text);
	if (next)
		json_text(json, "next", next);
	json_close(json);
}

/**
 * doctor_find() - report one finding
 * @d: the run
 * @finding: how bad it is
 * @name: what was looked at, a word
 * @next: command or change that helps, NULL if there is nothing to do
 * @fmt: what was found
 */
void doctor_find(struct doctor *d, enum finding finding, const char *name, const char *next,
		 const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	d->counts[finding]++;
	if (d->ctx->json) {
		write_finding(&d->json, finding, name, next, text);
		return;
	}
	printf("%-5s %-14s %s\n", words[finding], name, text);
	if (next)
		printf("%-5s %-14s   -> %s\n", "", "", next);
}

static void print_end(struct doctor *d)
{
	if (d->counts[FINDING_FAIL])
		printf("%u to mend before this machine can enforce, %u to think about.\n",
		       d->counts[FINDING_FAIL], d->counts[FINDING_WARN]);
	else
		printf("Nothing stands in the way of enforcement; %u to think about.\n",
		       d->counts[FINDING_WARN]);
}

int verb_doctor(struct context *ctx, int argc, char **argv)
{
	struct doctor d = { .ctx = ctx };
	int ret;

	ret = options_none(ctx, argc, argv);
	if (ret)
		return ret;
	if (argc != optind)
		return err_usage(ctx, "nothing more is needed");
	if (ctx->json) {
		verb_json_begin(ctx, &d.json);
		json_array(&d.json, "checks");
	}
	doctor_check_kernel(&d);
	doctor_check_module(&d);
	doctor_check_agent(&d);
	doctor_check_machine(&d);
	doctor_check_bpf(&d);
	if (ctx->json) {
		json_close(&d.json);
		json_bool(&d.json, "ok", !d.counts[FINDING_FAIL]);
		json_end(&d.json);
	} else {
		print_end(&d);
	}
	return d.counts[FINDING_FAIL] ? EXIT_OTHER : EXIT_OK;
}
