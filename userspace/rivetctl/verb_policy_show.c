// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy show - the active policy, as it was signed
 */
#include "lib/base/text.h"
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
			json_bytes(&json, "policy_version", word.ptr, word.len);
	}
	json_bytes(&json, "text", text.ptr, text.len);
	json_end(&json);
}

static void print_text(struct rivet_slice text)
{
	fwrite(text.ptr, 1, text.len, stdout);
}

int verb_policy_show(struct context *ctx, int argc, char **argv)
{
	return verb_show_file(ctx, "policy", write_json, print_text);
}
