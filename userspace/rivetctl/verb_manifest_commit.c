// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest commit, manifest abort - the end of an update
 */
#include <string.h>

#include "loaded_sets.h"
#include "update.h"

/* The module has the new set, the files are as it lists them, and the rest stays listed. */
static int check(const struct update *u, struct err *err)
{
	const struct rivet_slice name = { .ptr = u->name, .len = strlen(u->name) };
	char file[UPDATE_FILE_MAX];
	struct object_file set = { 0 };
	struct rivet_manifest m;
	size_t present;
	u64 version;
	int ret;

	ret = update_find(u, name, file, &version, err);
	if (ret == EXIT_NOTHING)
		return err_set(err, EXIT_CONFIG, "begin it again: rivetctl manifest begin",
			       "the set %s is not in /etc/rivet/riv.d", u->name);
	if (!ret && !loaded_set_counts(name, version))
		return err_set(err, EXIT_DENIED, "rivetctl apply says why",
			       "the module does not have the set %s version %llu: nothing is withdrawn",
			       u->name, (unsigned long long)version);
	if (!ret)
		ret = update_read(u->sets, "riv.d", file, &set, &m, err);
	if (!ret)
		ret = update_compare(&set, &m, &present, err);
	object_close(&set);
	if (!ret && !present)
		ret = err_set(err, EXIT_DENIED, "look at it: rivetctl manifest show",
			      "no file of the set %s is on this machine", u->name);
	return ret ? ret : update_check_lost(u, err);
}

static int withdraw(const struct context *ctx, const struct update *u, struct err *err)
{
	struct protected_names names;
	struct object_file file;
	struct rivet_manifest m;
	size_t i;
	int ret;

	ret = protected_list(u->pending, "/etc/rivet/pending.d", &names, err);
	for (i = 0; !ret && i < names.count; i++) {
		ret = update_read(u->pending, "pending.d", names.names[i], &file, &m, err);
		if (!ret)
			ret = update_take(ctx, u, &file, &m, err);
		object_close(&file);
	}
	protected_names_free(&names);
	return ret;
}

/* The update stays pending until the module has it all, with the floors saved. */
int verb_manifest_commit(struct context *ctx, int argc, char **argv)
{
	struct err err = { 0 };
	struct update u;
	int ret;

	ret = update_open(&u, argv[0], false, &err);
	if (!ret)
		ret = check(&u, &err);
	if (!ret)
		ret = withdraw(ctx, &u, &err);
	if (ret) {
		update_close(&u);
		return err_report(ctx, &err);
	}
	ret = apply_run(ctx, "", false, u.name);
	if (!ret && update_end(&u, &err))
		ret = err_report(ctx, &err);
	else if (!ret && !ctx->json)
		printf("the update %s is committed\n", u.name);
	update_close(&u);
	return ret;
}

static void print_abort(struct context *ctx, const char *name)
{
	struct json json;

	if (!ctx->json) {
		printf("dropped: nothing is withdrawn, and the set %s stays beside the others\n",
		       name);
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "name", name);
	json_end(&json);
}

/* No version is lowered. */
int verb_manifest_abort(struct context *ctx, int argc, char **argv)
{
	struct err err = { 0 };
	struct update u;
	int ret;

	ret = update_open(&u, argv[0], false, &err);
	if (!ret)
		ret = update_end(&u, &err);
	update_close(&u);
	if (ret)
		return err_report(ctx, &err);
	print_abort(ctx, argv[0]);
	return EXIT_OK;
}
