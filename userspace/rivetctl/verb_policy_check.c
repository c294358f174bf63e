// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy check - is it a policy, and which gaps does it leave?
 */
#include <stdlib.h>

#include "lib/object/lint.h"
#include "lib/object/object.h"
#include "text/version3.h"
#include "verbs.h"

/**
 * struct check - a check in progress
 * @sink: gets the warnings
 * @ctx: context of the verb
 * @name: name of the file
 * @json: the writer, if @ctx asks for JSON
 */
struct check {
	struct lint_sink sink;
	struct context *ctx;
	const char *name;
	struct json json;
};

static void take_warning(struct lint_sink *sink, u32 line, const char *text)
{
	struct check *check = (struct check *)sink;

	if (line)
		err_warn(check->ctx, "%s:%u: %s", err_name(check->name), line, text);
	else
		err_warn(check->ctx, "%s: %s", err_name(check->name), text);
	if (!check->ctx->json)
		return;
	json_object(&check->json, NULL);
	json_u64(&check->json, "line", line);
	json_text(&check->json, "text", text);
	json_close(&check->json);
}

static void report(struct check *check, const struct object_file *file,
		   const struct rivet_rules *rules)
{
	struct json *json = &check->json;
	char version[RIVET_VERSION3_MAX];

	rivet_version3_text(rules->version, version);
	if (!check->ctx->json) {
		lint_policy(rules, &check->sink);
		printf("%s: policy %.*s %s, %zu %s%s%s\n", err_name(file->name),
		       (int)rules->name.len, rules->name.ptr, version, rules->count,
		       rules->count == 1 ? "rule" : "rules",
		       file->is_signed ? ", signed (not verified here)" : "",
		       lint_only_reports(rules) ? "; permits everything" : "");
		return;
	}
	verb_json_begin(check->ctx, json);
	json_bytes(json, "name", rules->name.ptr, rules->name.len);
	json_text(json, "policy_version", version);
	if (rules->replaces.len)
		json_bytes(json, "replaces", rules->replaces.ptr, rules->replaces.len);
	json_u64(json, "rules", rules->count);
	json_bool(json, "signed", file->is_signed);
	json_bool(json, "permits_everything", lint_only_reports(rules));
	json_array(json, "warnings");
	lint_policy(rules, &check->sink);
	json_end(json);
}

int verb_policy_check(struct context *ctx, int argc, char **argv)
{
	struct check check = { .sink.warn = take_warning, .ctx = ctx };
	struct object_file file = { 0 };
	struct rivet_rules rules = { 0 };
	struct err err = { 0 };
	int ret;

	ret = object_open(&file, argv[0], RIVET_OBJECT_POLICY, &err);
	if (!ret)
		ret = object_read_policy(&file, &rules, &err);
	if (!ret) {
		check.name = file.name;
		report(&check, &file, &rules);
		free(rules.rules);
	}
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
