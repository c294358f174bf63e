// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - findings
 */
#include <stdarg.h>

#include "doctor.h"

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
 * @finding: its severity
 * @name: name of the check, a word
 * @next: command or change that helps, NULL if there is none
 * @fmt: the finding
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
