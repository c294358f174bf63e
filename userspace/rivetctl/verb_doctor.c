// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - the state, and the things that this machine lacks for enforcement
 */
#include "doctor.h"
#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/status.h"

/* The state in one sentence, as rivetctl status says it */
static void say_state(struct doctor *d)
{
	struct buffer sentence = { 0 };
	struct status status;
	struct err err = { 0 };
	struct nl nl;
	int ret = nl_open(&nl, &err);

	if (!ret)
		ret = nl_status(&nl, &status, &err);
	nl_close(&nl);
	if (ret == EXIT_UNREACHABLE)
		text_add(&sentence, "%s", STATUS_NOT_LOADED);
	else if (ret)
		text_add(&sentence, "The state is not known: %s.", err.text);
	else
		status_sentence(&status, &sentence);
	if (d->ctx->json)
		json_text(&d->json, "sentence", sentence.failed ? "" : sentence.data);
	else if (!sentence.failed)
		puts(sentence.data);
	buffer_free(&sentence);
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

	if (ctx->json)
		verb_json_begin(ctx, &d.json);
	say_state(&d);
	if (ctx->json)
		json_array(&d.json, "checks");
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
