// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest begin - an update: its set beside the old ones, which end with its commit
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load_object.h"
#include "update.h"

static int is_set(const struct object_file *file, const struct rivet_manifest *m, struct err *err)
{
	if (m->kind == RIVET_MANIFEST_SET && m->replaces.len)
		return err_set(err, EXIT_INVALID, "build it without --replaces",
			       "%s would end the set %.*s at once", err_name(file->name),
			       (int)m->replaces.len, m->replaces.ptr);
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

/* A higher version ends the one before it as soon as it is loaded. */
static int has_own_name(const struct update *u, const struct rivet_manifest *new,
			struct err *err)
{
	struct object_file file = { 0 };
	char name[UPDATE_FILE_MAX];
	struct rivet_manifest old;
	u64 version = 0;
	int ret = update_find(u, new->name, name, &version, err);

	if (ret || version >= new->version)
		return ret == EXIT_NOTHING ? EXIT_OK : ret;
	ret = update_read(u->sets, "riv.d", name, &file, &old, err);
	if (!ret && old.count)
		ret = err_set(err, EXIT_INVALID, "give the new set a name of its own",
			      "version %llu of the set %s would end version %llu at once",
			      (unsigned long long)new->version, u->name,
			      (unsigned long long)version);
	object_close(&file);
	return ret;
}

static int keep(const struct update *u, const char *path, char name[UPDATE_FILE_MAX],
		struct err *err)
{
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
		snprintf(name, UPDATE_FILE_MAX, "%.*s.signed", (int)m.name.len, m.name.ptr);
		ret = protected_write(u->pending, name, path, &file.data, err);
	}
	object_close(&file);
	return ret;
}

/* Withdrawals that an earlier beginning of this update kept, and that this one does not name */
static int drop_others(const struct update *u, char (*kept)[UPDATE_FILE_MAX], int count,
		       struct err *err)
{
	struct protected_names names;
	size_t i;
	int j, ret;

	ret = protected_list(u->pending, "/etc/rivet/pending.d", &names, err);
	for (i = 0; !ret && i < names.count; i++) {
		for (j = 0; j < count && strcmp(names.names[i], kept[j]); j++)
			;
		if (j == count && unlinkat(u->pending, names.names[i], 0))
			ret = err_set_io(err, "cannot remove", names.names[i]);
	}
	protected_names_free(&names);
	return !ret && fsync(u->pending) ?
		err_set_io(err, "cannot write", "/etc/rivet/pending.d") : ret;
}

static int keep_all(const struct update *u, char **paths, int count, struct err *err)
{
	char (*kept)[UPDATE_FILE_MAX] = calloc(count, sizeof(*kept));
	int i, ret = EXIT_OK;

	if (!kept)
		return err_set(err, EXIT_OTHER, NULL, "cannot begin: out of memory");
	for (i = 0; !ret && i < count; i++)
		ret = keep(u, paths[i], kept[i], err);
	if (!ret)
		ret = drop_others(u, kept, count, err);
	free(kept);
	return ret;
}

static bool is_begun(const char *name)
{
	struct update u;
	struct err unused;
	bool begun = !update_open(&u, name, false, &unused);

	update_close(&u);
	return begun;
}

/*
 * The withdrawals first: a set in riv.d is one whose update can be committed. An update that was
 * refused is not pending.
 */
static int begin(const struct context *ctx, const struct object_file *set,
		 const struct rivet_manifest *m, char **paths, int count, struct err *err)
{
	char name[RIVET_NAME_MAX + 1];
	struct err unused;
	struct update u;
	bool again;
	int ret;

	snprintf(name, sizeof(name), "%.*s", (int)m->name.len, m->name.ptr);
	again = is_begun(name);
	ret = update_open(&u, name, true, err);
	if (!ret && !again)
		ret = has_own_name(&u, m, err);
	if (!ret)
		ret = keep_all(&u, paths, count, err);
	if (!ret)
		ret = update_take(ctx, &u, set, m, err);
	if (ret && !again && u.pending >= 0)
		update_end(&u, &unused);
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
		ret = begin(ctx, &set, &m, argv + 1, argc - 1, &err);
	object_close(&set);
	return ret ? err_report(ctx, &err) : apply_run(ctx, "", false, NULL);
}
