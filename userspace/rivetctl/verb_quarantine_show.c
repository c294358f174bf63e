// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl quarantine show - one entry, and how it ends
 */
#include <string.h>

#include "kept.h"
#include "lib/event/quarantine.h"
#include "lib/kernel/secfs.h"
#include "verbs.h"

static void print_entry(const struct rivet_quarantined *entry)
{
	struct quarantine_texts texts;

	quarantine_texts(entry, &texts);
	printf("entry            %llu%s\n", (unsigned long long)entry->id,
	       entry->would ? ", made in audit mode: it refuses nothing" : "");
	printf("file             %.*s%s\n", entry->path.len ? (int)entry->path.len : 1,
	       entry->path.len ? entry->path.ptr : "-",
	       entry->named ? "" : ", a name that process 1 does not see");
	printf("digest           %s\n", texts.digest);
	printf("size             %llu\n", (unsigned long long)entry->size);
	printf("since            %s\n", texts.time);
	printf("why              %s, at %s by uid %u\n", rivet_name_reason(entry->reason),
	       rivet_name_op(entry->op), entry->uid);
	printf("rule             line %u of policy %s %s\n", entry->rule_line, entry->policy,
	       texts.version);
}

static void print_end(const struct rivet_quarantined *entry)
{
	struct quarantine_texts texts;

	quarantine_texts(entry, &texts);
	if (entry->file == RIVET_QUARANTINE_GONE || entry->would)
		printf("It ends by: rivetctl quarantine forget %llu\n",
		       (unsigned long long)entry->id);
	else
		puts("It ends when listed content at its path is used, or a set lists the digest.");
	printf("Or by a signed release: rivetctl manifest build --release -n NAME -v VERSION %s\n",
	       texts.digest);
}

static void print_kept(const struct rivet_quarantined *entry)
{
	struct kept kept;

	kept_find(entry, &kept);
	if (!*kept.path)
		puts("evidence         no copy of the file is kept");
	else
		printf("evidence         %s%s\n", err_name(kept.path),
		       kept.is_intact ? "" : ", which has OTHER bytes than those that failed");
}

static void json_kept(struct json *json, const struct rivet_quarantined *entry)
{
	struct kept kept;

	kept_find(entry, &kept);
	if (!*kept.path) {
		json_null(json, "evidence");
		return;
	}
	json_text(json, "evidence", kept.path);
	json_bool(json, "evidence_intact", kept.is_intact);
}

static void show(struct context *ctx, const struct rivet_quarantined *entry)
{
	struct json json;

	if (!ctx->json) {
		print_entry(entry);
		print_kept(entry);
		print_end(entry);
		return;
	}
	verb_json_begin(ctx, &json);
	quarantine_json(&json, entry);
	json_kept(&json, entry);
	json_end(&json);
}

static int find(struct rivet_slice text, u64 id, struct rivet_quarantined *entry, struct err *err)
{
	while (quarantine_next(&text, entry)) {
		if (entry->id == id)
			return EXIT_OK;
	}
	return err_set(err, EXIT_NOTHING, "rivetctl quarantine list", "no entry has the number %llu",
		       (unsigned long long)id);
}

int verb_quarantine_show(struct context *ctx, int argc, char **argv)
{
	struct rivet_quarantined entry;
	struct buffer content = { 0 };
	struct err err = { 0 };
	u64 id;
	int ret;

	if (rivet_parse_u64(argv[0], strlen(argv[0]), &id))
		return err_usage(ctx, "%s: the number of an entry is needed", err_name(argv[0]));
	ret = secfs_read("quarantine", &content, &err);
	if (!ret)
		ret = find((struct rivet_slice){ .ptr = content.data, .len = content.len }, id,
			   &entry, &err);
	if (!ret)
		show(ctx, &entry);
	buffer_free(&content);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
