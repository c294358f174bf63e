// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl unlock request, rejoin request - the text that, once signed, leaves enforce mode or
 * ends isolation
 */
#include <getopt.h>

#include "lib/kernel/secfs.h"
#include "verbs.h"

static int take_options(struct context *ctx, int argc, char **argv, const char **out)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (opt != 'o')
			return err_option(ctx, opt, argv);
		*out = optarg;
	}
	return argc == optind ? EXIT_OK : err_usage(ctx, "nothing more is needed");
}

static void print_result(struct context *ctx, const char *out, const struct buffer *text)
{
	struct json json;

	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_bytes(&json, "request", text->data, text->len);
		if (out)
			json_text(&json, "file", out);
		json_end(&json);
	} else if (out) {
		printf("wrote %s; where the signing key is: rivetctl %s sign -k KEY -c CERT %s\n",
		       err_name(out), ctx->verb->noun, err_name(out));
	} else {
		fwrite(text->data, 1, text->len, stdout);
	}
}

/**
 * verb_token_request() - unlock request and rejoin request
 * @ctx: context of the verb; its noun is the file of the module
 * @argc: number of its arguments
 * @argv: its arguments
 *
 * Return: exit status.
 */
int verb_token_request(struct context *ctx, int argc, char **argv)
{
	struct buffer text = { 0 };
	const char *out = NULL;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &out);
	if (ret)
		return ret;
	ret = secfs_read(ctx->verb->noun, &text, &err);
	if (!ret && out)
		ret = file_write(out, text.data, text.len, &err);
	if (!ret)
		print_result(ctx, out, &text);
	buffer_free(&text);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
