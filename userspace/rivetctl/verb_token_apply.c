// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl unlock apply, rejoin apply - leave enforce mode or end isolation with a signed request
 */
#include <string.h>

#include "lib/kernel/isolated.h"
#include "load_object.h"

static void print_unlocked(struct context *ctx)
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

static void print_rejoined(struct context *ctx)
{
	struct json json;

	if (!ctx->json) {
		puts("Isolation has ended; the token is used up. Devices that were closed stay so until they are opened: restart the network.");
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "state", "ended");
	json_end(&json);
}

static bool is_rejoin(const struct context *ctx)
{
	return !strcmp(ctx->verb->noun, "rejoin");
}

/* The token is used up, so this is no failure of the verb. */
static void settle(void)
{
	struct err err = { 0 };

	if (isolated_settle(&err))
		fprintf(stderr, "rivetctl: %s; remove " ISOLATED_FILE ", or the machine is isolated again after a reboot\n",
			err.text);
}

/**
 * verb_token_apply() - unlock apply and rejoin apply
 * @ctx: context of the verb; its noun is the file of the module
 * @argc: number of its arguments
 * @argv: its arguments
 *
 * Return: exit status.
 */
int verb_token_apply(struct context *ctx, int argc, char **argv)
{
	struct object_file file = { 0 };
	struct err err = { 0 };
	int ret;

	ret = load_open(&file, argv[0],
			is_rejoin(ctx) ? RIVET_OBJECT_REJOIN : RIVET_OBJECT_UNLOCK, &err);
	if (!ret)
		ret = load_write(ctx->verb->noun, &file, &err);
	if (!ret)
		settle();
	if (!ret && is_rejoin(ctx))
		print_rejoined(ctx);
	else if (!ret)
		print_unlocked(ctx);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
