// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl quarantine release - end entries by a signed release
 */
#include "lib/object/object.h"
#include "load_object.h"

static int check_kind(const struct object_file *file, struct rivet_manifest *manifest,
		      struct err *err)
{
	int ret = object_read_manifest(file, manifest, err);

	if (ret || manifest->kind == RIVET_MANIFEST_RELEASE)
		return ret;
	return err_set(err, EXIT_INVALID, "rivetctl manifest build --release -n NAME -v VERSION DIGEST",
		       "%s: this is no release: it has no kind: release", err_name(file->name));
}

static void print_result(struct context *ctx, const struct rivet_manifest *m)
{
	struct json json;

	if (!ctx->json) {
		printf("released by %.*s version %llu: what it names of %u %s\n", (int)m->name.len,
		       m->name.ptr, (unsigned long long)m->version, m->count,
		       m->count == 1 ? "digest" : "digests");
		return;
	}
	verb_json_begin(ctx, &json);
	json_bytes(&json, "name", m->name.ptr, m->name.len);
	json_u64(&json, "version", m->version);
	json_u64(&json, "count", m->count);
	json_end(&json);
}

int verb_quarantine_release(struct context *ctx, int argc, char **argv)
{
	struct object_file file = { 0 };
	struct rivet_manifest manifest;
	struct err err = { 0 };
	int ret;

	ret = load_open(&file, argv[0], RIVET_OBJECT_MANIFEST, &err);
	if (!ret)
		ret = check_kind(&file, &manifest, &err);
	if (!ret)
		ret = load_write("release", &file, &err);
	if (!ret)
		print_result(ctx, &manifest);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
