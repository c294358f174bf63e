// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - putting the content that a RIV names in the place of a file
 *
 * The new file is made in a folder beside the old one that only root can enter, so it is on the
 * same filesystem and nobody else can open it. Its bytes are measured there, after the last of
 * them was written, and only then it gets the name, by one rename(2): whenever the machine or
 * this process stops, the name has the old file or the new one. A folder that is left over is
 * used again by the next attempt, or removed by restore_clean().
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "lib/manifest/measure.h"
#include "restore.h"

#define STAGED		"new"
#define FOLDER_MODE	0700
#define NAMES_MAX	(64 * 1024)	/* bytes of the names of attributes, or of a value */
#define COPY_STEP	(64 * 1024)

/**
 * struct place - where a file is restored
 * @folder: its folder
 * @name: its name there
 * @old: O_PATH descriptor of the file that has the name
 * @stage: the folder in which the new file is made
 * @was: attributes of @old
 */
struct place {
	int folder;
	const char *name;
	int old;
	int stage;
	struct stat was;
};

static int open_beneath(int at, const char *path, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, at, path, &how, sizeof(how));
}

/**
 * restore_open() - open a path below a folder that is taken for the root
 * @root: the folder
 * @path: absolute; a symbolic link in it is an error (ELOOP)
 * @flags: as of open(2)
 *
 * Return: a descriptor, or -1 with errno set.
 */
int restore_open(int root, const char *path, int flags)
{
	while (*path == '/')
		path++;
	return open_beneath(root, *path ? path : ".", flags);
}

static bool is_name(const char *name)
{
	return *name && strcmp(name, ".") && strcmp(name, "..");
}

/* Opens the folder of @path; @name is set to the last name of it. */
static int open_folder(int root, const char *path, const char **name)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (*path != '/' || !is_name(slash + 1) || slash - path >= PATH_MAX) {
		errno = EINVAL;
		return -1;
	}
	*name = slash + 1;
	memcpy(folder, path, slash - path);
	folder[slash - path] = '\0';
	return restore_open(root, folder, O_RDONLY | O_DIRECTORY);
}

static int refuse(struct err *err, const char *path, const char *why)
{
	return err_set(err, EXIT_CONFIG, NULL, "cannot restore %s: %s", err_name(path), why);
}

static int fail(struct err *err, const char *path, const char *step)
{
	return err_set(err, EXIT_IO, NULL, "cannot restore %s: cannot %s: %s", err_name(path), step,
		       strerror(errno));
}

/*
 * A user can give a second name to a file that is not his, a program that runs as root above
 * all: whose owner and mode the new file must not get.
 */
static int look_at_old(struct place *place, const char *path, struct err *err)
{
	place->old = open_beneath(place->folder, place->name, O_PATH | O_NOFOLLOW);
	if (place->old < 0)
		return fail(err, path, "open it");
	if (fstat(place->old, &place->was))
		return fail(err, path, "look at it");
	if (!S_ISREG(place->was.st_mode))
		return refuse(err, path, "it is not a regular file");
	if (place->was.st_nlink != 1)
		return refuse(err, path, "it has further names, so it may be another file");
	return EXIT_OK;
}

static bool is_private(int folder, int beside)
{
	struct stat st, there;

	return !fstat(folder, &st) && !fstat(beside, &there) && st.st_uid == geteuid() &&
	       !(st.st_mode & 077) && st.st_dev == there.st_dev;
}

static int open_stage(struct place *place, const char *path, struct err *err)
{
	if (mkdirat(place->folder, RESTORE_FOLDER, FOLDER_MODE) && errno != EEXIST)
		return fail(err, path, "make the folder " RESTORE_FOLDER " beside it");
	place->stage = openat(place->folder, RESTORE_FOLDER,
			      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (place->stage < 0)
		return fail(err, path, "open the folder " RESTORE_FOLDER " beside it");
	if (!is_private(place->stage, place->folder))
		return refuse(err, path, "the folder " RESTORE_FOLDER
			      " beside it is not one that only root can enter");
	return EXIT_OK;
}

/* A disk that is nearly full takes a part of them, and says why only after that. */
static bool write_all(int to, const char *bytes, size_t len)
{
	ssize_t done;

	while (len) {
		done = write(to, bytes, len);
		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			bytes += done;
			len -= done;
		}
	}
	return true;
}

static int copy_bytes(int from, int to, const char *path, struct err *err)
{
	char step[COPY_STEP];
	ssize_t got;

	while ((got = read(from, step, sizeof(step))) > 0 || (got < 0 && errno == EINTR)) {
		if (got > 0 && !write_all(to, step, got))
			return fail(err, path, "write its new content");
	}
	return got < 0 ? fail(err, path, "read the source") : EXIT_OK;
}

static bool copy_xattr(const char *from, int to, const char *name, char *value)
{
	ssize_t len = getxattr(from, name, value, NAMES_MAX);

	return len >= 0 && !fsetxattr(to, name, value, len, 0);
}

/* An O_PATH descriptor has no fgetxattr(2), but a name in /proc. */
static int copy_xattrs(const struct place *place, int to, const char *path, struct err *err)
{
	char from[64], *names = malloc(2 * NAMES_MAX);
	ssize_t len, at;
	int ret = EXIT_OK;

	if (!names)
		return err_set(err, EXIT_OTHER, NULL, "cannot restore: out of memory");
	snprintf(from, sizeof(from), "/proc/self/fd/%d", place->old);
	len = listxattr(from, names, NAMES_MAX);
	if (len < 0 && errno != EOPNOTSUPP)
		ret = fail(err, path, "list its extended attributes");
	for (at = 0; !ret && at < len; at += strlen(names + at) + 1) {
		if (!copy_xattr(from, to, names + at, names + NAMES_MAX))
			ret = fail(err, path, "copy its extended attributes");
	}
	free(names);
	return ret;
}

/* The owner first: a change of it clears bits of the mode, and capabilities. */
static int copy_attributes(const struct place *place, int to, const char *path, struct err *err)
{
	int ret;

	if (fchown(to, place->was.st_uid, place->was.st_gid))
		return fail(err, path, "give it its owner");
	ret = copy_xattrs(place, to, path, err);
	if (!ret && fchmod(to, place->was.st_mode & 07777))
		ret = fail(err, path, "give it its mode");
	return ret;
}

static int check_digest(const struct restore *restore, int fd, struct err *err)
{
	struct measurement m;
	int ret = measure_fd(fd, restore->path, &m, err);

	if (!ret && !rivet_digest_equal(&m.whole, &restore->digest))
		ret = refuse(err, restore->path, "the source is not what a RIV names for it");
	return ret;
}

static int fill_stage(const struct restore *restore, const struct place *place, struct err *err)
{
	int fd, ret;

	if (unlinkat(place->stage, STAGED, 0) && errno != ENOENT)
		return fail(err, restore->path, "remove what an attempt has left");
	fd = openat(place->stage, STAGED, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(err, restore->path, "make its new content");
	ret = copy_bytes(restore->source, fd, restore->path, err);
	if (!ret)
		ret = copy_attributes(place, fd, restore->path, err);
	if (!ret && fsync(fd))
		ret = fail(err, restore->path, "write its new content");
	if (!ret)
		ret = check_digest(restore, fd, err);
	if (close(fd) && !ret)
		ret = fail(err, restore->path, "write its new content");
	return ret;
}

/* Somebody may have replaced or changed it meanwhile: an update, for one. */
static bool is_unchanged(const struct place *place)
{
	struct stat now;

	return !fstatat(place->folder, place->name, &now, AT_SYMLINK_NOFOLLOW) &&
	       now.st_dev == place->was.st_dev && now.st_ino == place->was.st_ino &&
	       now.st_ctim.tv_sec == place->was.st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == place->was.st_ctim.tv_nsec;
}

static int put_in_place(const struct restore *restore, const struct place *place, struct err *err)
{
	if (!is_unchanged(place))
		return refuse(err, restore->path, "it was changed meanwhile");
	if (restore->rehearse)
		return EXIT_OK;
	if (renameat(place->stage, STAGED, place->folder, place->name))
		return fail(err, restore->path, "rename its new content");
	if (fsync(place->folder) && errno != EINVAL)
		return fail(err, restore->path, "write its folder");
	return EXIT_OK;
}

static void remove_stage(const struct place *place)
{
	unlinkat(place->stage, STAGED, 0);
	unlinkat(place->folder, RESTORE_FOLDER, AT_REMOVEDIR);
}

static void close_place(const struct place *place)
{
	if (place->stage >= 0)
		close(place->stage);
	if (place->old >= 0)
		close(place->old);
	if (place->folder >= 0)
		close(place->folder);
}

/**
 * restore_file() - put the content that a RIV names in the place of a file
 * @restore: the file, the digest and the source
 * @err: filled on error
 *
 * The new file has the owner, the mode and the extended attributes of the old one.
 *
 * Return: EXIT_OK once the new file is on the disk, or, if that is rehearsed, could be; or the
 * exit status of the error, with the old file in place.
 */
int restore_file(const struct restore *restore, struct err *err)
{
	struct place place = { .folder = -1, .old = -1, .stage = -1 };
	int ret;

	if (restore->digest.alg != RIVET_DIGEST_SHA256)
		return refuse(err, restore->path, "a RIV names its fs-verity digest, not its bytes");
	place.folder = open_folder(restore->root, restore->path, &place.name);
	if (place.folder < 0)
		return fail(err, restore->path, "open its folder");
	ret = look_at_old(&place, restore->path, err);
	if (!ret)
		ret = open_stage(&place, restore->path, err);
	if (!ret) {
		ret = fill_stage(restore, &place, err);
		if (!ret)
			ret = put_in_place(restore, &place, err);
		remove_stage(&place);
	}
	close_place(&place);
	return ret;
}

/**
 * restore_clean() - remove the folder that an attempt may have left
 * @root: descriptor of the folder that @path begins at
 * @path: the file
 */
void restore_clean(int root, const char *path)
{
	struct place place = { .old = -1 };

	place.folder = open_folder(root, path, &place.name);
	if (place.folder < 0)
		return;
	place.stage = openat(place.folder, RESTORE_FOLDER,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (place.stage >= 0 && is_private(place.stage, place.folder))
		remove_stage(&place);
	close_place(&place);
}
