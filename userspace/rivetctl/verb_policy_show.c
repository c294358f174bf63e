// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy show - the active policy, as it was signed
 */
#include "lib/base/text.h"
#include "lib/kernel/secfs.h"
#include "options.h"
#include "verbs.h"

static void write_json(struct context *ctx, struct rivet_slice text)
{
	struct rivet_slice rest = text, line = { 0 }, word;
	struct json json;

	verb_json_begin(ctx, &json);
	text_next_line(&rest, &line);
	while (text_next_word(&line, &word)) {
		if (rivet_slice_take_prefix(&word, "policy_name="))
			json_bytes(&json, "name", word.ptr, word.len);
		else if (rivet_slice_take_prefix(&word, "policy_version="))
			json_bytes(&json, "version", word.ptr, word.len);
	}
	json_bytes(&json, "text", text.ptr, text.len);
	json_end(&json);
}

int verb_policy_show(struct context *ctx, int argc, char **argv)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	int ret;

	ret = options_none(ctx, argc, argv);
	if (ret)
		return ret;
	if (argc != optind)
		return err_usage(ctx, "nothing more is needed");
	ret = secfs_read("policy", &text, &err);
	if (!ret && ctx->json)
		write_json(ctx, (struct rivet_slice){ .ptr = text.data, .len = text.len });
	else if (!ret)
		fwrite(text.data, 1, text.len, stdout);
	buffer_free(&text);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
