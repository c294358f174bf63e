// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl evidence log - print the measurement list, or save it
 */
#include <getopt.h>
#include <inttypes.h>

#include "lib/evidence/list.h"
#include "lib/kernel/secfs.h"
#include "text/format.h"
#include "verbs.h"

#define BINARY_LIST	"ima/binary_runtime_measurements"
#define HEX_SIZE	(2 * SHA256_DIGEST_LENGTH + 1)

static const char *hex(const uint8_t *bytes, char text[HEX_SIZE])
{
	struct rivet_format f = { .buf = text, .size = HEX_SIZE };

	rivet_format_hex(&f, bytes, SHA256_DIGEST_LENGTH);
	rivet_format_end(&f);
	return text;
}

/* In the form of evidence predict. */
static void print_list(const struct list *list)
{
	const struct list_record *r;
	uint8_t value[SHA256_DIGEST_LENGTH];
	char text[HEX_SIZE];

	list_begin(list, value);
	for (r = list->records; r < list->records + list->count; r++) {
		list_extend(value, r);
		printf("%s %.*s %.*s\n", hex(value, text), (int)r->name.len, r->name.ptr,
		       (int)r->text.len, r->text.ptr);
	}
}

static void write_json(struct context *ctx, const struct list *list)
{
	const struct list_record *r;
	uint8_t value[SHA256_DIGEST_LENGTH];
	char text[HEX_SIZE];
	struct json json;

	verb_json_begin(ctx, &json);
	json_u64(&json, "pcr", list->records[0].pcr);
	json_array(&json, "records");
	list_begin(list, value);
	for (r = list->records; r < list->records + list->count; r++) {
		list_extend(value, r);
		json_object(&json, NULL);
		json_bytes(&json, "name", r->name.ptr, r->name.len);
		json_bytes(&json, "text", r->text.ptr, r->text.len);
		json_text(&json, "sha256", hex(value, text));
		json_close(&json);
	}
	json_end(&json);
}

static int show(struct context *ctx, const struct buffer *file, const char *path,
		const char *out_path, struct err *err)
{
	struct list list;
	int ret = list_parse(file, path, &list, err);

	if (!ret && out_path)
		ret = file_write(out_path, file->data, file->len, err);
	else if (!ret && ctx->json)
		write_json(ctx, &list);
	else if (!ret)
		print_list(&list);
	list_free(&list);
	return ret;
}

int verb_evidence_log(struct context *ctx, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *out_path = NULL, *path = NULL;
	struct buffer file = { 0 };
	struct err err = { 0 };
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (opt != 'o')
			return err_option(ctx, opt, argv);
		out_path = optarg;
	}
	if (argc - optind > 1)
		return err_usage(ctx, "one list at most");
	path = argv[optind];
	ret = path ? file_read(path, LIST_FILE_MAX, &file, &err) :
		     secfs_read(BINARY_LIST, &file, &err);
	if (!ret)
		ret = show(ctx, &file, path ? path : BINARY_LIST, out_path, &err);
	buffer_free(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
