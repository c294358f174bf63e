// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl trust seal - close the trust rings until the module is loaded again
 */
#include <string.h>

#include "lib/kernel/secfs.h"
#include "verbs.h"

static void print_result(struct context *ctx)
{
	struct json json;

	if (!ctx->json) {
		puts("Sealed until the next boot.");
		return;
	}
	verb_json_begin(ctx, &json);
	json_bool(&json, "sealed", true);
	json_end(&json);
}

int verb_trust_seal(struct context *ctx, int argc, char **argv)
{
	struct err err = { 0 };
	int ret;

	ret = secfs_write("trust", "seal", strlen("seal"), "cannot seal", &err);
	if (ret)
		return err_report(ctx, &err);
	print_result(ctx);
	return EXIT_OK;
}
