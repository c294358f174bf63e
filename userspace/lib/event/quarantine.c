// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - an entry of the kernel's quarantine list, for people and for programs
 */
#include "lib/base/text.h"
#include "lib/manifest/manifest.h"
#include "lib/event/quarantine.h"
#include "text/version3.h"

/**
 * quarantine_next() - take the next entry of the kernel's list
 * @text: the rest of the list; a line that is none, of a newer kernel, is passed over
 * @entry: filled in; its path points into @text and is escaped
 *
 * Return: true; false at the end.
 */
bool quarantine_next(struct rivet_slice *text, struct rivet_quarantined *entry)
{
	struct rivet_slice line;

	while (text_next_line(text, &line)) {
		if (!rivet_quarantine_line_parse(line.ptr, line.len, entry, NULL))
			return true;
	}
	return false;
}

/**
 * quarantine_texts() - write what an entry says as texts
 * @entry: the entry
 * @texts: filled in
 */
void quarantine_texts(const struct rivet_quarantined *entry, struct quarantine_texts *texts)
{
	rivet_digest_format(&entry->digest, texts->digest, sizeof(texts->digest));
	rivet_version3_text(entry->policy_version, texts->version);
	manifest_time(entry->time, texts->time);
}

/**
 * quarantine_json() - write the members of an entry
 * @json: in an object
 * @entry: from quarantine_next()
 */
void quarantine_json(struct json *json, const struct rivet_quarantined *entry)
{
	struct quarantine_texts texts;
	char path[RIVET_PATH_MAX];
	ssize_t len = rivet_quarantine_line_path(entry->path, path, sizeof(path));

	quarantine_texts(entry, &texts);
	json_u64(json, "id", entry->id);
	json_bool(json, "would", entry->would);
	json_text(json, "file", rivet_quarantine_file_name(entry->file));
	json_text(json, "digest", texts.digest);
	json_u64(json, "size", entry->size);
	json_text(json, "reason", rivet_name_reason(entry->reason));
	json_text(json, "op", rivet_name_op(entry->op));
	json_u64(json, "uid", entry->uid);
	json_text(json, "time", texts.time);
	json_u64(json, "riv_generation", entry->riv_generation);
	json_u64(json, "policy_generation", entry->policy_generation);
	json_text(json, "policy", entry->policy);
	json_text(json, "policy_version", texts.version);
	json_u64(json, "rule_line", entry->rule_line);
	json_bool(json, "named", entry->named);
	if (len > 0)
		json_bytes(json, "path", path, len);
}
