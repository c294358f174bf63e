// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest load - load a RIV set or a revocation into the kernel
 */
#include <getopt.h>
#include <time.h>
#include <unistd.h>

#include "ending.h"
#include "lib/kernel/secfs.h"
#include "lib/manifest/manifest.h"
#include "lib/object/expiry.h"
#include "load_object.h"

#define WAIT_SECONDS 60

struct load_options {
	const char *path;
	bool wait;
};

static int take_options(struct context *ctx, int argc, char **argv, struct load_options *options)
{
	static const struct option longs[] = {
		{ "wait", no_argument, NULL, 'w' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'w')
			return err_option(ctx, opt, argv);
		options->wait = true;
	}
	if (argc - optind != 1)
		return err_usage(ctx, "one signed manifest is needed");
	options->path = argv[optind];
	return EXIT_OK;
}

/* At boot the module may still be loading. */
static void wait_for_module(void)
{
	int tries;

	for (tries = 0; tries < WAIT_SECONDS && access(SECFS_DIR, F_OK); tries++)
		sleep(1);
}

static void print_result(struct context *ctx, const struct rivet_manifest *m)
{
	bool revokes = m->kind == RIVET_MANIFEST_REVOKE;
	char until[MANIFEST_TIME_MAX];
	struct buffer expiry = { 0 };
	struct json json;

	if (m->valid_until && !ctx->json)
		expiry_text(m->valid_until, time(NULL), &expiry);
	ending_warn_of_set(ctx, m);
	if (!ctx->json) {
		printf("%s %s %.*s version %llu, %u %s%s%s\n",
		       m->count || revokes ? "loaded" : "withdrew", revokes ? "revocation" : "set",
		       (int)m->name.len, m->name.ptr, (unsigned long long)m->version, m->count,
		       m->count == 1 ? "value" : "values", expiry.len ? ", " : "",
		       expiry.len ? expiry.data : "");
		buffer_free(&expiry);
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "kind", revokes ? "revoke" : "set");
	json_bytes(&json, "name", m->name.ptr, m->name.len);
	json_u64(&json, "version", m->version);
	json_u64(&json, "count", m->count);
	if (m->valid_until)
		json_text(&json, "valid_until", manifest_time(m->valid_until, until));
	json_end(&json);
}

int verb_manifest_load(struct context *ctx, int argc, char **argv)
{
	struct load_options options = { 0 };
	struct object_file file = { 0 };
	struct rivet_manifest manifest;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = load_open(&file, options.path, RIVET_OBJECT_MANIFEST, &err);
	if (!ret)
		ret = object_read_manifest(&file, &manifest, &err);
	if (!ret && manifest.kind == RIVET_MANIFEST_RELEASE)
		ret = err_set(&err, EXIT_INVALID, "rivetctl quarantine release FILE.signed",
			      "%s: this is a release, which is no set and no revocation",
			      err_name(file.name));
	if (!ret && options.wait)
		wait_for_module();
	if (!ret)
		ret = load_write(manifest.kind == RIVET_MANIFEST_REVOKE ? "revoke" : "riv", &file,
				 &err);
	if (!ret)
		print_result(ctx, &manifest);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
