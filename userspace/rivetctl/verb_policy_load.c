// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy load - make a signed policy the active one
 */
#include <stdlib.h>

#include "load_object.h"
#include "text/version3.h"

#define MUST_DENY (1U << RIVET_OP_EXECUTE | 1U << RIVET_OP_MMAP)

static void print_result(struct context *ctx, const struct rivet_rules *rules)
{
	char version[RIVET_VERSION3_MAX];
	struct json json;

	rivet_version3_text(rules->version, version);
	if (!ctx->json) {
		printf("policy %.*s %s is active, %zu rules\n", (int)rules->name.len,
		       rules->name.ptr, version, rules->count);
		return;
	}
	verb_json_begin(ctx, &json);
	json_bytes(&json, "name", rules->name.ptr, rules->name.len);
	json_text(&json, "policy_version", version);
	json_u64(&json, "rules", rules->count);
	json_bool(&json, "enforceable", (rules->denies & MUST_DENY) == MUST_DENY);
	json_end(&json);
}

int verb_policy_load(struct context *ctx, int argc, char **argv)
{
	struct object_file file = { 0 };
	struct rivet_rules rules = { 0 };
	struct err err = { 0 };
	int ret;

	ret = load_open(&file, argv[0], RIVET_OBJECT_POLICY, &err);
	if (!ret)
		ret = object_read_policy(&file, &rules, &err);
	if (!ret)
		ret = load_write("policy", &file, &err);
	if (!ret)
		print_result(ctx, &rules);
	if (!ret && (rules.denies & MUST_DENY) != MUST_DENY)
		err_warn(ctx, "this policy cannot deny both EXECUTE and MMAP: with it, enforce mode "
			 "is refused");
	free(rules.rules);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
