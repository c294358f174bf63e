// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest list - the loaded sets and revocations
 */
#include "loaded_sets.h"

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
	return verb_show_file(ctx, "riv", write_json, print_text);
}
