// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest show - the content of a manifest
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/manifest/manifest.h"
#include "lib/object/object.h"
#include "verbs.h"

static void print_headers(const struct object_file *file, const struct rivet_manifest *m)
{
	char shown[MANIFEST_TIME_MAX];

	printf("%s %.*s version %llu: %u %s, %s\n",
	       manifest_kind_name(m->kind),
	       (int)m->name.len, m->name.ptr, (unsigned long long)m->version, m->count,
	       m->count == 1 ? "entry" : "entries",
	       file->is_signed ? "signed (not verified here)" : "not signed");
	if (m->replaces.len)
		printf("replaces %.*s\n", (int)m->replaces.len, m->replaces.ptr);
	if (m->issued)
		printf("issued %s\n", manifest_time(m->issued, shown));
	if (m->valid_until)
		printf("valid until %s%s\n", manifest_time(m->valid_until, shown),
		       m->valid_until < time(NULL) ? " (expired)" : "");
	if (!m->count && m->kind == RIVET_MANIFEST_SET)
		puts("withdraws the set");
}

static void print_entry(const struct rivet_manifest_entry *entry)
{
	char digest[RIVET_DIGEST_TEXT_MAX], uses[MANIFEST_USES_MAX];
	char path[MANIFEST_SHOWN_PATH_MAX];

	rivet_digest_format(&entry->digest, digest, sizeof(digest));
	rivet_name_uses_format(entry->uses, uses, sizeof(uses));
	if (!entry->path.len) {
		puts(digest);
		return;
	}
	printf("%s %10llu %-16s %s\n", digest, (unsigned long long)entry->size, uses,
	       manifest_shown_path(entry->path, path));
}

static void write_headers(struct json *json, const struct object_file *file,
			  const struct rivet_manifest *m)
{
	char shown[MANIFEST_TIME_MAX];

	json_text(json, "kind", manifest_kind_word(m->kind));
	json_bytes(json, "name", m->name.ptr, m->name.len);
	json_u64(json, "version", m->version);
	if (m->replaces.len)
		json_bytes(json, "replaces", m->replaces.ptr, m->replaces.len);
	if (m->issued)
		json_text(json, "issued", manifest_time(m->issued, shown));
	if (m->valid_until)
		json_text(json, "valid_until", manifest_time(m->valid_until, shown));
	json_bool(json, "signed", file->is_signed);
	json_u64(json, "count", m->count);
	json_array(json, "entries");
}

static void write_uses(struct json *json, u32 uses)
{
	char name[MANIFEST_USES_MAX];
	unsigned int bit;

	json_array(json, "uses");
	for (bit = 0; bit < 32; bit++) {
		if (!(uses & 1U << bit))
			continue;
		rivet_name_uses_format(1U << bit, name, sizeof(name));
		json_text(json, NULL, name);
	}
	json_close(json);
}

static void write_entry(struct json *json, const struct rivet_manifest_entry *entry)
{
	char digest[RIVET_DIGEST_TEXT_MAX], path[RIVET_PATH_MAX];
	ssize_t len;

	rivet_digest_format(&entry->digest, digest, sizeof(digest));
	json_object(json, NULL);
	json_text(json, "digest", digest);
	if (entry->path.len) {
		len = rivet_path_unescape(entry->path, path, sizeof(path));
		json_u64(json, "size", entry->size);
		write_uses(json, entry->uses);
		json_bytes(json, "path", path, len < 0 ? 0 : len);
	}
	json_close(json);
}

/* Checks the whole text before the first line is printed. */
static int show(struct context *ctx, const struct object_file *file, struct err *err)
{
	struct rivet_manifest_entry entry;
	struct rivet_manifest manifest;
	struct json json;
	int ret;

	ret = object_check(file, err);
	if (!ret)
		ret = object_read_manifest(file, &manifest, err);
	if (ret)
		return ret;
	if (ctx->json) {
		verb_json_begin(ctx, &json);
		write_headers(&json, file, &manifest);
	} else {
		print_headers(file, &manifest);
	}
	while (!object_next_entry(file, &manifest, &entry, err)) {
		if (ctx->json)
			write_entry(&json, &entry);
		else
			print_entry(&entry);
	}
	if (ctx->json)
		json_end(&json);
	return EXIT_OK;
}

static bool is_loaded_name(const char *word)
{
	return strcmp(word, "-") && access(word, F_OK) && rivet_name_is_valid(word, strlen(word));
}

int verb_manifest_show(struct context *ctx, int argc, char **argv)
{
	struct object_file file = { 0 };
	struct err err = { 0 };
	int ret;

	if (is_loaded_name(argv[0]))
		return verb_manifest_show_loaded(ctx, argv[0]);
	ret = object_open(&file, argv[0], RIVET_OBJECT_MANIFEST, &err);
	if (!ret)
		ret = show(ctx, &file, &err);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
