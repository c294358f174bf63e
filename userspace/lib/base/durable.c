// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - files that are replaced so that a crash leaves the old bytes or the new ones
 *
 * The new file is written beside the old one under a fixed name, which the next attempt
 * removes if a crash left it. Its bytes are on the disk before it has the name, and the name is
 * before the function returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/durable.h"
#include "lib/base/file.h"

#define BESIDE	".new"

/* Opens the folder of @path; @name is set to the name in it. */
static int open_folder(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	size_t len;

	*name = slash ? slash + 1 : path;
	if (slash) {
		len = slash == path ? 1 : slash - path;
		if (len >= sizeof(folder)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(folder, path, len);
		folder[len] = '\0';
	}
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/**
 * durable_sync() - have the names in a folder on the disk
 * @folder: the folder
 *
 * Some filesystems cannot sync a folder, and say EINVAL: that is no error.
 *
 * Return: 0; or -1 with errno set.
 */
int durable_sync(int folder)
{
	return fsync(folder) && errno != EINVAL ? -1 : 0;
}

static int write_beside(int fd, const char *path, mode_t mode, const void *data, size_t len,
			struct err *err)
{
	int ret = file_write_all(fd, path, data, len, err);

	if (!ret && (fchmod(fd, mode) || fsync(fd)))
		ret = err_set_io(err, "cannot write", path);
	if (close(fd) && !ret)
		ret = err_set_io(err, "cannot write", path);
	return ret;
}

static int replace(int folder, const char *path, const char *name, mode_t mode, const void *data,
		   size_t len, struct err *err)
{
	char beside[NAME_MAX + 1];
	int fd, ret;

	if (snprintf(beside, sizeof(beside), "%s" BESIDE, name) >= (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return err_set_io(err, "cannot write", path);
	}
	if (unlinkat(folder, beside, 0) && errno != ENOENT)
		return err_set_io(err, "cannot write", path);
	fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    mode & 0600);
	if (fd < 0)
		return err_set_io(err, "cannot write", path);
	ret = write_beside(fd, path, mode, data, len, err);
	if (!ret && renameat(folder, beside, folder, name))
		ret = err_set_io(err, "cannot write", path);
	if (ret)
		unlinkat(folder, beside, 0);
	else if (durable_sync(folder))
		ret = err_set_io(err, "cannot write", path);
	return ret;
}

/**
 * durable_write() - write a file: the new bytes or the old, whenever the machine stops
 * @path: the file; a link of that name is replaced, not followed
 * @mode: its mode; the umask is ignored
 * @data: the bytes
 * @len: length in bytes
 * @err: filled on error
 *
 * Return: EXIT_OK once the bytes are on the disk, or the exit status of the error.
 */
int durable_write(const char *path, mode_t mode, const void *data, size_t len, struct err *err)
{
	const char *name;
	int folder = open_folder(path, &name), ret;

	if (folder < 0)
		return err_set_io(err, "cannot write", path);
	ret = replace(folder, path, name, mode, data, len, err);
	close(folder);
	return ret;
}

/**
 * durable_folder() - make a folder, unless there is one
 * @path: the folder; that above it must exist
 * @mode: its mode, from which the umask takes
 * @err: filled on error
 *
 * Return: EXIT_OK once its name is on the disk, or if it was there; else the exit status.
 */
int durable_folder(const char *path, mode_t mode, struct err *err)
{
	const char *name;
	int above, ret = EXIT_OK;

	if (mkdir(path, mode))
		return errno == EEXIST ? EXIT_OK : err_set_io(err, "cannot make", path);
	above = open_folder(path, &name);
	if (above < 0 || durable_sync(above))
		ret = err_set_io(err, "cannot make", path);
	if (above >= 0)
		close(above);
	return ret;
}

/**
 * durable_rename() - give a file another name in its folder
 * @path: the file
 * @to: the new name, without a folder; a file of that name is replaced
 * @err: filled on error
 *
 * Return: EXIT_OK once the name is on the disk, or the exit status of the error.
 */
int durable_rename(const char *path, const char *to, struct err *err)
{
	const char *name;
	int folder = open_folder(path, &name), ret = EXIT_OK;

	if (folder < 0)
		return err_set_io(err, "cannot rename", path);
	if (renameat(folder, name, folder, to) || durable_sync(folder))
		ret = err_set_io(err, "cannot rename", path);
	close(folder);
	return ret;
}
