// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - writing the manifest of a build, or the manifests that it is divided into
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_output.h"
#include "ending.h"
#include "lib/base/json.h"

#define ENDING ".riv"	/* of a file, before which the number of a part is written */

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot build the manifest: out of memory");
}

/* To be freed; NULL if there is no memory. */
static char *name_part(const char *name, u32 number)
{
	char *text;

	return asprintf(&text, "%s.%u", name, number) < 0 ? NULL : text;
}

/* The same */
static char *path_part(const char *path, u32 number)
{
	size_t len = strlen(path), end = strlen(ENDING);
	bool ends = len > end && !strcmp(path + len - end, ENDING);
	char *text;

	len -= ends ? end : 0;
	if (asprintf(&text, "%.*s.%u%s", (int)len, path, number, ends ? ENDING : "") < 0)
		return NULL;
	return text;
}

/**
 * build_output_check() - check the headers before anything is measured
 * @output: what to write
 * @err: filled on error
 *
 * Return: EXIT_OK, EXIT_USAGE, or EXIT_OTHER if memory ran out.
 */
int build_output_check(const struct build_output *output, struct err *err)
{
	struct manifest_headers headers = *output->headers;
	char *name;
	int ret;

	if (!output->parts)
		return manifest_check_headers(&headers, err);
	/* The last part has the longest name. */
	name = name_part(headers.name, output->parts);
	headers.name = name;
	ret = name ? manifest_check_headers(&headers, err) : no_memory(err);
	free(name);
	return ret;
}

static void print_measured(const struct build *build)
{
	fprintf(stderr, ", %zu %s, %llu bytes measured in %.1f s\n", build->files,
		build->files == 1 ? "file" : "files", (unsigned long long)build->bytes,
		build_seconds(build));
}

static void print_summary(const struct build_output *output, const char *path,
			  const struct rivet_manifest *m, const struct build *build)
{
	path = path && strcmp(path, "-") ? err_name(path) : "standard output";
	if (output->withdraws) {
		fprintf(stderr, "%s: no entries, withdraws the %s %.*s\n", path,
			manifest_kind_name(m->kind), (int)m->name.len, m->name.ptr);
	} else if (m->kind != RIVET_MANIFEST_SET) {
		fprintf(stderr, "%s: %s %u %s\n", path,
			m->kind == RIVET_MANIFEST_REVOKE ? "revokes" : "releases", m->count,
			m->count == 1 ? "digest" : "digests");
	} else {
		fprintf(stderr, "%s: %u %s", path, m->count, m->count == 1 ? "entry" : "entries");
		if (output->parts)
			fprintf(stderr, ", set %.*s\n", (int)m->name.len, m->name.ptr);
		else
			print_measured(build);
	}
}

static void print_json(const struct build_output *output, const char *path,
		       const struct rivet_manifest *m, const struct build *build)
{
	struct json json;

	verb_json_begin(output->ctx, &json);
	json_bytes(&json, "name", m->name.ptr, m->name.len);
	json_u64(&json, "version", m->version);
	json_u64(&json, "count", m->count);
	json_u64(&json, "measured_files", build->files);
	json_u64(&json, "bytes", build->bytes);
	json_text(&json, "output", path);
	if (output->review)
		review_json(output->review, &json);
	json_end(&json);
}

static void print_review(const struct build_output *output)
{
	struct buffer text = { 0 };

	if (!output->review || output->ctx->json)
		return;
	review_text(output->review, &text);
	if (text.len)
		fputs(text.data, stderr);
	buffer_free(&text);
}

static void report(const struct build_output *output, const char *path,
		   const struct buffer *text, const struct build *build)
{
	struct rivet_parse_error unused;
	struct rivet_manifest manifest;

	if (rivet_manifest_open(&manifest, text->data, text->len, &unused))
		return;
	print_summary(output, path, &manifest, build);
	ending_warn_of_set(output->ctx, &manifest);
	if (output->ctx->json)
		print_json(output, path, &manifest, build);
}

static int write_one(const struct build_output *output, const struct manifest_headers *headers,
		     const struct manifest_part *part, const char *path, struct build *build,
		     struct err *err)
{
	struct buffer text = { 0 };
	int ret;

	ret = manifest_write(headers, &build->list, part, &text, err);
	if (!ret)
		ret = file_write(path ? path : "-", text.data, text.len, err);
	if (!ret && (!part || part->number == 1))
		print_review(output);
	if (!ret)
		report(output, path, &text, build);
	buffer_free(&text);
	return ret;
}

static int write_part(const struct build_output *output, const struct manifest_part *part,
		      struct build *build, struct err *err)
{
	struct manifest_headers headers = *output->headers;
	char *path = path_part(output->path, part->number);
	char *name = name_part(headers.name, part->number);
	int ret;

	headers.name = name;
	ret = name && path ? write_one(output, &headers, part, path, build, err) :
			     no_memory(err);
	free(name);
	free(path);
	return ret;
}

/**
 * build_output_write() - write all files, and report each
 * @output: what to write, checked
 * @build: run
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int build_output_write(const struct build_output *output, struct build *build, struct err *err)
{
	struct manifest_part part = { .count = output->parts };
	int ret = EXIT_OK;

	if (!output->parts)
		return write_one(output, output->headers, NULL, output->path, build, err);
	while (!ret && part.number++ < part.count)
		ret = write_part(output, &part, build, err);
	if (ret)
		return ret;
	fprintf(stderr, "%u sets: %zu %s", part.count, build->list.count,
		build->list.count == 1 ? "entry" : "entries");
	print_measured(build);
	return EXIT_OK;
}
