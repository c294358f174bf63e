// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - an update between its beginning and its commit
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load_object.h"
#include "update.h"

#define SETS	"riv.d"
#define PENDING	"pending.d"
#define SUFFIX	".signed"

/**
 * update_is_signed_name() - is this the name of a signed file, NAME.signed?
 * @name: the name
 */
bool update_is_signed_name(const char *name)
{
	size_t len = strlen(name), tail = strlen(SUFFIX);

	return len > tail && !strcmp(name + len - tail, SUFFIX);
}

/* A folder that was made is on the disk once the folder above it is. */
static int open_folder(int from, const char *name, const char *shown, bool make, int *fd,
		       struct err *err)
{
	if (!make)
		return protected_folder(from, name, shown, fd, err);
	if (protected_make_folder(from, name, shown, fd, err))
		return err->code;
	return fsync(from) ? err_set_io(err, "cannot write", shown) : EXIT_OK;
}

static int open_all(struct update *u, int root, bool make, struct err *err)
{
	char shown[UPDATE_FILE_MAX];
	int folder = -1, ret;

	ret = protected_folder(root, UPDATE_FOLDER + 1, UPDATE_FOLDER, &folder, err);
	if (!ret)
		ret = open_folder(folder, SETS, UPDATE_FOLDER "/" SETS, make, &u->sets, err);
	if (!ret)
		ret = open_folder(folder, PENDING, UPDATE_FOLDER "/" PENDING, make, &u->waiting,
				  err);
	snprintf(shown, sizeof(shown), UPDATE_FOLDER "/" PENDING "/%s", u->name);
	if (!ret)
		ret = open_folder(u->waiting, u->name, shown, make, &u->pending, err);
	if (folder >= 0)
		close(folder);
	return ret;
}

/**
 * update_open() - open the folders of an update
 * @u: filled; close with update_close(), also on error
 * @name: name of its set
 * @make: make those that are missing
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; EXIT_CONFIG if it was not begun.
 */
int update_open(struct update *u, const char *name, bool make, struct err *err)
{
	int root = -1, ret;

	*u = (struct update){ .name = name, .sets = -1, .waiting = -1, .pending = -1 };
	if (!rivet_name_is_valid(name, strlen(name)))
		return err_set(err, EXIT_USAGE, NULL, "\"%s\" is no name of a set", err_name(name));
	ret = protected_root("/", &root, err);
	if (!ret)
		ret = open_all(u, root, make, err);
	if (root >= 0)
		close(root);
	if (ret == EXIT_NOTHING)
		ret = err_set(err, EXIT_CONFIG, "rivetctl apply names those that are pending",
			      "no update %s is pending", name);
	return ret;
}

/**
 * update_close() - close the folders
 * @u: opened
 */
void update_close(struct update *u)
{
	if (u->sets >= 0)
		close(u->sets);
	if (u->waiting >= 0)
		close(u->waiting);
	if (u->pending >= 0)
		close(u->pending);
}

/**
 * update_read() - read a signed manifest of a folder
 * @folder: the folder
 * @where: its name below /etc/rivet, for errors
 * @name: the file
 * @file: filled; close with object_close(), also on error
 * @m: filled
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int update_read(int folder, const char *where, const char *name, struct object_file *file,
		struct rivet_manifest *m, struct err *err)
{
	char shown[2 * UPDATE_FILE_MAX];
	struct buffer data = { 0 };
	int ret;

	memset(file, 0, sizeof(*file));
	snprintf(shown, sizeof(shown), UPDATE_FOLDER "/%s/%s", where, name);
	ret = protected_read(folder, name, shown, OBJECT_FILE_MAX, &data, err);
	if (!ret)
		ret = object_take(file, name, &data, RIVET_OBJECT_MANIFEST, err);
	buffer_free(&data);
	return ret ? ret : object_read_manifest(file, m, err);
}

/**
 * update_find() - find the file of a set in riv.d
 * @u: opened
 * @set: name of the set
 * @file: the file's name
 * @version: its version
 * @err: filled on error
 *
 * Files that cannot be read are left to rivetctl apply.
 *
 * Return: EXIT_OK; EXIT_NOTHING if there is none; or the exit status of the error.
 */
int update_find(const struct update *u, struct rivet_slice set, char file[UPDATE_FILE_MAX],
		u64 *version, struct err *err)
{
	struct protected_names names;
	struct rivet_manifest m;
	struct object_file object;
	struct err unused;
	bool found = false;
	size_t i;
	int ret;

	ret = protected_list(u->sets, UPDATE_FOLDER "/" SETS, &names, err);
	for (i = 0; !ret && !found && i < names.count; i++) {
		if (!update_is_signed_name(names.names[i]))
			continue;
		found = !update_read(u->sets, SETS, names.names[i], &object, &m, &unused) &&
			rivet_slice_same(m.name, set);
		if (found) {
			snprintf(file, UPDATE_FILE_MAX, "%s", names.names[i]);
			*version = m.version;
		}
		object_close(&object);
	}
	protected_names_free(&names);
	return ret || found ? ret : EXIT_NOTHING;
}

static void tell_taken(const struct context *ctx, const char *shown,
		       const struct rivet_manifest *m)
{
	if (!ctx->json)
		printf("%s: set %.*s version %llu, %u value%s%s\n", err_name(shown),
		       (int)m->name.len, m->name.ptr, (unsigned long long)m->version, m->count,
		       m->count == 1 ? "" : "s", m->count ? "" : ": withdrawn");
}

/**
 * update_take() - load a set or a withdrawal, then store it in the place of the set of its name
 * @ctx: the command's context
 * @u: opened
 * @object: the object
 * @m: the same, read
 * @err: filled on error
 *
 * What the module refuses is not stored: it would displace a set that the module accepts. If
 * power fails between the two, the next boot has the set of before.
 *
 * Return: EXIT_OK; EXIT_CONFIG if a newer one is there; or the exit status of the error.
 */
int update_take(const struct context *ctx, const struct update *u,
		const struct object_file *object, const struct rivet_manifest *m, struct err *err)
{
	char file[UPDATE_FILE_MAX], shown[2 * UPDATE_FILE_MAX];
	u64 version = 0;
	int ret;

	ret = update_find(u, m->name, file, &version, err);
	if (ret && ret != EXIT_NOTHING)
		return ret;
	if (ret)
		snprintf(file, sizeof(file), "%.*s" SUFFIX, (int)m->name.len, m->name.ptr);
	snprintf(shown, sizeof(shown), UPDATE_FOLDER "/" SETS "/%s", file);
	if (version > m->version)
		return err_set(err, EXIT_CONFIG, "sign it with a higher version",
			       "%s is version %llu, and this one is version %llu", err_name(shown),
			       (unsigned long long)version, (unsigned long long)m->version);
	ret = load_write("riv", object, err);
	if (!ret)
		ret = protected_write(u->sets, file, shown, &object->data, err);
	if (!ret)
		tell_taken(ctx, shown, m);
	return ret;
}

/* Also those that an interrupted write left; their names begin with a dot. */
static int remove_all(int folder, struct err *err)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = EXIT_OK;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		ret = err_set_io(err, "cannot list", UPDATE_FOLDER "/" PENDING);
		if (fd >= 0)
			close(fd);
		return ret;
	}
	while (!ret && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(folder, entry->d_name, 0) && errno != ENOENT)
			ret = err_set_io(err, "cannot remove", entry->d_name);
	}
	closedir(dir);
	return ret;
}

/**
 * update_end() - forget an update; its set and those it was to withdraw stay
 * @u: opened
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int update_end(struct update *u, struct err *err)
{
	int ret = remove_all(u->pending, err);

	if (!ret && (fsync(u->pending) || unlinkat(u->waiting, u->name, AT_REMOVEDIR) ||
		     fsync(u->waiting)))
		ret = err_set_io(err, "cannot remove the folder of the update", u->name);
	return ret;
}
