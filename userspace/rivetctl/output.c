// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the output that verbs have in common
 */
#include "lib/kernel/secfs.h"
#include "verbs.h"

/**
 * verb_json_begin() - start a verb's JSON object on standard output
 * @ctx: context of the verb
 * @json: the writer
 *
 * The noun names its schema; "verb" tells the objects of one noun apart.
 */
void verb_json_begin(struct context *ctx, struct json *json)
{
	char schema[64];

	snprintf(schema, sizeof(schema), "rivet.%s/1", ctx->verb->noun);
	json_begin(json, stdout, schema);
	if (ctx->verb->verb)
		json_text(json, "verb", ctx->verb->verb);
}

/**
 * verb_show_file() - print a file of the module
 * @ctx: context of the verb
 * @name: the file
 * @write_json: writes the text as an object
 * @print_text: prints the text for people
 *
 * Return: exit status.
 */
int verb_show_file(struct context *ctx, const char *name,
		   void (*write_json)(struct context *ctx, struct rivet_slice text),
		   void (*print_text)(struct rivet_slice text))
{
	struct buffer content = { 0 };
	struct err err = { 0 };
	struct rivet_slice text;
	int ret;

	ret = secfs_read(name, &content, &err);
	text = (struct rivet_slice){ .ptr = content.data, .len = content.len };
	if (!ret && ctx->json)
		write_json(ctx, text);
	else if (!ret)
		print_text(text);
	buffer_free(&content);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
