// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - the things that this machine lacks for enforcement
 */
#include "doctor.h"

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
