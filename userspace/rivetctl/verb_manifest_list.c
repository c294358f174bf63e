// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest list - the sets and revocations that are loaded
 */
#include "lib/kernel/secfs.h"
#include "loaded_sets.h"
#include "options.h"

static void write_json(struct context *ctx, struct rivet_slice text)
{
	struct rivet_slice line;
	struct loaded_set set;
	struct json json;

	verb_json_begin(ctx, &json);
	json_array(&json, "sets");
	while (text_next_line(&text, &line)) {
		if (!loaded_set_parse(line, &set))
			continue;
		json_object(&json, NULL);
		loaded_set_json(&json, &set);
		json_close(&json);
	}
	json_end(&json);
}

static void print_text(struct rivet_slice text)
{
	struct rivet_slice line;
	struct loaded_set set;

	if (!text.len)
		puts("No RIV set is loaded: rivetctl manifest load FILE.signed");
	while (text_next_line(&text, &line)) {
		if (loaded_set_parse(line, &set))
			loaded_set_print(&set);
	}
}

int verb_manifest_list(struct context *ctx, int argc, char **argv)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	int ret;

	ret = options_none(ctx, argc, argv);
	if (ret)
		return ret;
	if (argc != optind)
		return err_usage(ctx, "nothing more is needed");
	ret = secfs_read("riv", &text, &err);
	if (!ret && ctx->json)
		write_json(ctx, (struct rivet_slice){ .ptr = text.data, .len = text.len });
	else if (!ret)
		print_text((struct rivet_slice){ .ptr = text.data, .len = text.len });
	buffer_free(&text);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
