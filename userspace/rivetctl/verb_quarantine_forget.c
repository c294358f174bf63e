// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl quarantine forget - end an entry whose file is gone
 */
#include <string.h>

#include "lib/kernel/secfs.h"
#include "verbs.h"

int verb_quarantine_forget(struct context *ctx, int argc, char **argv)
{
	struct err err = { 0 };
	char what[64];
	struct json json;
	u64 id;
	int ret;

	if (rivet_parse_u64(argv[0], strlen(argv[0]), &id))
		return err_usage(ctx, "%s: the number of an entry is needed", err_name(argv[0]));
	snprintf(what, sizeof(what), "cannot forget entry %llu", (unsigned long long)id);
	ret = secfs_write("quarantine", argv[0], strlen(argv[0]), what, &err);
	if (ret)
		return err_report(ctx, &err);
	if (!ctx->json) {
		printf("forgot entry %llu\n", (unsigned long long)id);
		return EXIT_OK;
	}
	verb_json_begin(ctx, &json);
	json_u64(&json, "id", id);
	json_end(&json);
	return EXIT_OK;
}
