// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the files that only the sets to be withdrawn list
 *
 * A package that the new set forgot would not run any more after the commit. Lines for any path
 * name no file, so they are not looked at in the sets to be withdrawn.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/manifest.h"
#include "loaded_sets.h"
#include "update.h"

#define PENDING	"pending.d"
#define SETS	"riv.d"

/**
 * struct stay - the lines of the loaded sets that stay
 * @files: the sets; @entries point into them
 * @count: number of @files
 * @entries: by digest and path
 * @entry_count: number of @entries
 */
struct stay {
	struct object_file files[PROTECTED_NAMES_MAX];
	size_t count;
	struct rivet_manifest_entry *entries;
	size_t entry_count;
};

/**
 * struct lost - files that would not run any more
 * @count: number of them
 * @first: the first, as shown
 */
struct lost {
	size_t count;
	char first[MANIFEST_SHOWN_PATH_MAX];
};

static int compare_entries(const void *a, const void *b)
{
	const struct rivet_manifest_entry *one = a, *other = b;
	int order = rivet_digest_compare(&one->digest, &other->digest);

	return order ? order : rivet_path_compare(one->path, other->path);
}

static int add_entries(struct stay *stay, const struct object_file *file,
		       struct rivet_manifest *m, struct err *err)
{
	struct rivet_manifest_entry *entries;
	int ret;

	entries = reallocarray(stay->entries, stay->entry_count + m->count + 1,
			       sizeof(*entries));
	if (!entries)
		return err_set(err, EXIT_OTHER, NULL, "cannot compare: out of memory");
	stay->entries = entries;
	while (!(ret = object_next_entry(file, m, &entries[stay->entry_count], err)))
		stay->entry_count++;
	return ret == EXIT_NOTHING ? EXIT_OK : ret;
}

static bool is_withdrawn(const struct update *u, struct rivet_slice set, struct err *err)
{
	char file[UPDATE_FILE_MAX];
	struct buffer data = { 0 };
	int ret;

	snprintf(file, sizeof(file), "%.*s.signed", (int)set.len, set.ptr);
	ret = protected_read(u->pending, file, file, OBJECT_FILE_MAX, &data, err);
	buffer_free(&data);
	return ret != EXIT_NOTHING;
}

/* What cannot be read does not stay: apply names it. */
static int add_set(struct stay *stay, const struct update *u, const char *name, struct err *err)
{
	struct object_file *file = &stay->files[stay->count];
	struct rivet_manifest m;
	struct err unused;

	if (!update_is_signed_name(name))
		return EXIT_OK;
	stay->count++;
	if (update_read(u->sets, SETS, name, file, &m, &unused) ||
	    !loaded_set_counts(m.name, m.version) || is_withdrawn(u, m.name, &unused))
		return EXIT_OK;
	return add_entries(stay, file, &m, err);
}

static int read_stay(struct stay *stay, const struct update *u, struct err *err)
{
	struct protected_names names;
	size_t i;
	int ret;

	ret = protected_list(u->sets, UPDATE_FOLDER "/" SETS, &names, err);
	for (i = 0; !ret && i < names.count; i++)
		ret = add_set(stay, u, names.names[i], err);
	protected_names_free(&names);
	if (!ret && stay->entry_count)
		qsort(stay->entries, stay->entry_count, sizeof(*stay->entries), compare_entries);
	return ret;
}

static bool has(const struct stay *stay, const struct rivet_digest *digest,
		struct rivet_slice path)
{
	const struct rivet_manifest_entry wanted = { .digest = *digest, .path = path };

	return stay->entry_count && bsearch(&wanted, stay->entries, stay->entry_count,
					    sizeof(wanted), compare_entries);
}

static bool has_any(const struct stay *stay, const struct rivet_digest *digest,
		    struct rivet_slice path)
{
	static const struct rivet_slice any = { .ptr = "*", .len = 1 };

	return has(stay, digest, path) || has(stay, digest, any);
}

/* A file is measured only if its line does not stay; one of several lines is that of the file. */
static int check_line(const struct stay *stay, const struct rivet_manifest_entry *entry,
		      struct lost *lost, struct err *err)
{
	struct measurement is = { 0 };
	bool is_there;
	int ret;

	if (has_any(stay, &entry->digest, entry->path))
		return EXIT_OK;
	ret = update_measure(entry->path, &is, &is_there, err);
	if (ret || !is_there)
		return ret;
	if (!rivet_digest_equal(&entry->digest, &is.whole) &&
	    !rivet_digest_equal(&entry->digest, &is.verity))
		return EXIT_OK;
	if (has_any(stay, &is.whole, entry->path) || has_any(stay, &is.verity, entry->path))
		return EXIT_OK;
	if (!lost->count++)
		manifest_shown_path(entry->path, lost->first);
	return EXIT_OK;
}

static int check_set(const struct update *u, const struct stay *stay, struct rivet_slice set,
		     struct lost *lost, struct err *err)
{
	struct rivet_manifest_entry entry;
	struct object_file file = { 0 };
	char name[UPDATE_FILE_MAX];
	struct rivet_manifest m;
	u64 version;
	int ret;

	ret = update_find(u, set, name, &version, err);
	if (ret == EXIT_NOTHING)
		return EXIT_OK;
	if (!ret)
		ret = update_read(u->sets, SETS, name, &file, &m, err);
	while (!ret) {
		ret = object_next_entry(&file, &m, &entry, err);
		if (!ret)
			ret = check_line(stay, &entry, lost, err);
	}
	object_close(&file);
	return ret == EXIT_NOTHING ? EXIT_OK : ret;
}

static int check_all(const struct update *u, const struct stay *stay, struct lost *lost,
		     struct err *err)
{
	struct protected_names names;
	struct rivet_slice set;
	size_t i;
	int ret;

	ret = protected_list(u->pending, UPDATE_FOLDER "/" PENDING, &names, err);
	for (i = 0; !ret && i < names.count; i++) {
		if (!update_is_signed_name(names.names[i]))
			continue;
		set.ptr = names.names[i];
		set.len = strlen(set.ptr) - strlen(".signed");
		ret = check_set(u, stay, set, lost, err);
	}
	protected_names_free(&names);
	return ret;
}

/**
 * update_check_lost() - would files of this machine not run any more after the commit?
 * @u: opened
 * @err: filled on error; has the number of such files, and the first one
 *
 * These are files that are as a set to be withdrawn lists them, and that no other loaded set in
 * riv.d lists so.
 *
 * Return: EXIT_OK; EXIT_DENIED if there are some; or the exit status of the error.
 */
int update_check_lost(const struct update *u, struct err *err)
{
	struct stay *stay = calloc(1, sizeof(*stay));
	struct lost lost = { 0 };
	size_t i;
	int ret;

	if (!stay)
		return err_set(err, EXIT_OTHER, NULL, "cannot compare: out of memory");
	ret = read_stay(stay, u, err);
	if (!ret)
		ret = check_all(u, stay, &lost, err);
	if (!ret && lost.count)
		ret = err_set(err, EXIT_DENIED, "list them in the new set too, or remove them",
			      "%zu file%s would not run any more, first %.700s: only the sets to be withdrawn list %s",
			      lost.count, lost.count == 1 ? "" : "s", lost.first,
			      lost.count == 1 ? "it" : "them");
	for (i = 0; i < stay->count; i++)
		object_close(&stay->files[i]);
	free(stay->entries);
	free(stay);
	return ret;
}
