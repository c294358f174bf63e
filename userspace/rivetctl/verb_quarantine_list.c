// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl quarantine list - what is quarantined
 */
#include "lib/event/quarantine.h"
#include "verbs.h"

static void write_json(struct context *ctx, struct rivet_slice text)
{
	struct rivet_quarantined entry;
	struct json json;

	verb_json_begin(ctx, &json);
	json_array(&json, "entries");
	while (quarantine_next(&text, &entry)) {
		json_object(&json, NULL);
		quarantine_json(&json, &entry);
		json_close(&json);
	}
	json_end(&json);
}

/* The path in the line is escaped already. */
static void print_entry(const struct rivet_quarantined *entry)
{
	struct quarantine_texts texts;

	quarantine_texts(entry, &texts);
	printf("%llu  %s  %s%s, %s, file %s  %.*s\n    %s\n", (unsigned long long)entry->id,
	       texts.time, rivet_name_reason(entry->reason),
	       entry->would ? ", refuses nothing" : "", rivet_name_op(entry->op),
	       rivet_quarantine_file_name(entry->file), entry->path.len ? (int)entry->path.len : 1,
	       entry->path.len ? entry->path.ptr : "-", texts.digest);
}

static void print_text(struct rivet_slice text)
{
	struct rivet_quarantined entry;

	if (!text.len)
		puts("Nothing is quarantined.");
	while (quarantine_next(&text, &entry))
		print_entry(&entry);
}

int verb_quarantine_list(struct context *ctx, int argc, char **argv)
{
	return verb_show_file(ctx, "quarantine", write_json, print_text);
}
