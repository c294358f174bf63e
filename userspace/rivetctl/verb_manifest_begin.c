// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest begin - an update: its set beside the old ones, which end with its commit
 */
#include <getopt.h>
#include <string.h>

#include "load_object.h"
#include "update.h"

static int is_set(const struct object_file *file, const struct rivet_manifest *m, struct err *err)
{
	if (m->kind == RIVET_MANIFEST_SET && m->count)
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, "name the new set first, then the withdrawals",
		       "%s is no set with files", err_name(file->name));
}

static int is_withdrawal(const struct update *u, const struct object_file *file,
			 const struct rivet_manifest *m, struct err *err)
{
	if (m->kind != RIVET_MANIFEST_SET || m->count)
		return err_set(err, EXIT_INVALID, "rivetctl manifest build --withdraw makes one",
			       "%s is no withdrawal of a set", err_name(file->name));
	if (rivet_slice_equal(m->name, u->name))
		return err_set(err, EXIT_INVALID, NULL, "%s withdraws the new set itself",
			       err_name(file->name));
	return EXIT_OK;
}

/* One that comes too late would end nothing. */
static int is_newer(const struct update *u, const struct object_file *file,
		    const struct rivet_manifest *m, struct err *err)
{
	char name[UPDATE_FILE_MAX];
	u64 version = 0;
	int ret = update_find(u, m->name, name, &version, err);

	if (ret && ret != EXIT_NOTHING)
		return ret;
	return ret || version < m->version ? EXIT_OK :
		err_set(err, EXIT_INVALID, "sign it with a higher version",
			"%s is version %llu, and /etc/rivet/riv.d/%s is version %llu",
			err_name(file->name), (unsigned long long)m->version, name,
			(unsigned long long)version);
}

static int keep(const struct update *u, const char *path, struct err *err)
{
	char name[UPDATE_FILE_MAX];
	struct object_file file;
	struct rivet_manifest m;
	int ret;

	ret = load_open(&file, path, RIVET_OBJECT_MANIFEST, err);
	if (!ret)
		ret = object_read_manifest(&file, &m, err);
	if (!ret)
		ret = is_withdrawal(u, &file, &m, err);
	if (!ret)
		ret = is_newer(u, &file, &m, err);
	if (!ret) {
		snprintf(name, sizeof(name), "%.*s.signed", (int)m.name.len, m.name.ptr);
		ret = protected_write(u->pending, name, path, &file.data, err);
	}
	object_close(&file);
	return ret;
}

/* The withdrawals first: a set in riv.d is one whose update can be committed. */
static int begin(const struct object_file *set, const struct rivet_manifest *m, char **paths,
		 int count, struct err *err)
{
	char name[RIVET_NAME_MAX + 1];
	struct update u;
	int i, ret;

	snprintf(name, sizeof(name), "%.*s", (int)m->name.len, m->name.ptr);
	ret = update_open(&u, name, true, err);
	for (i = 0; !ret && i < count; i++)
		ret = keep(&u, paths[i], err);
	if (!ret)
		ret = update_store(&u, set, m, err);
	update_close(&u);
	return ret;
}

int verb_manifest_begin(struct context *ctx, int argc, char **argv)
{
	static const struct option none[] = { { 0 } };
	struct object_file set = { 0 };
	struct rivet_manifest m;
	struct err err = { 0 };
	int opt, ret;

	opterr = 0;
	opt = getopt_long(argc, argv, ":", none, NULL);
	if (opt != -1)
		return err_option(ctx, opt, argv);
	argc -= optind;
	argv += optind;
	if (argc < 2)
		return err_usage(ctx, "the new set and the withdrawal of an old one are needed");
	ret = load_open(&set, argv[0], RIVET_OBJECT_MANIFEST, &err);
	if (!ret)
		ret = object_read_manifest(&set, &m, &err);
	if (!ret)
		ret = is_set(&set, &m, &err);
	if (!ret)
		ret = begin(&set, &m, argv + 1, argc - 1, &err);
	object_close(&set);
	return ret ? err_report(ctx, &err) : apply_run(ctx, "", false, NULL);
}
