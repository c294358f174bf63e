// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl unlock apply - leave enforce mode with a signed request
 */
#include "load_object.h"

static void print_result(struct context *ctx)
{
	struct json json;

	if (!ctx->json) {
		puts("Unlocked: audit mode, nothing is denied. The token is used up.");
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "mode", "audit");
	json_end(&json);
}

int verb_unlock_apply(struct context *ctx, int argc, char **argv)
{
	struct object_file file = { 0 };
	struct err err = { 0 };
	int ret;

	ret = load_open(&file, argv[0], RIVET_OBJECT_UNLOCK, &err);
	if (!ret)
		ret = load_write("unlock", &file, &err);
	if (!ret)
		print_result(ctx);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
