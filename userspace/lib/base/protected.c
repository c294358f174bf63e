// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - files that nobody but root can have changed
 *
 * A folder is reached without a symbolic link, component by component, and each component
 * belongs to root and is not writable by others. A symbolic link to a file may stay inside
 * its folder. All checks are made on the open file, whose bytes are then read: a name that
 * changes in between has no effect.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/durable.h"
#include "lib/base/protected.h"

#define FOLDER_MODE	0755
#define FILE_MODE	0600
#define OTHERS_WRITE	0022
#define COMPONENT_MAX	256
#define SHOWN_MAX	8192

static int open_inside(int folder, const char *name, unsigned int flags, unsigned int resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

/* Writable by others: mode bits of the group count, since a group may have any members. */
static int check_owner(int fd, const char *shown, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set_io(err, "cannot examine", shown);
	if (st.st_uid)
		return err_set(err, EXIT_CONFIG, "look at it, then give it to root: chown root:root",
			       "%s belongs to user %u, who could change it", err_name(shown),
			       st.st_uid);
	if (st.st_mode & OTHERS_WRITE)
		return err_set(err, EXIT_CONFIG, "look at it, then make it root's alone: chmod go-w",
			       "%s can be written to by others than root", err_name(shown));
	return EXIT_OK;
}

/* From errno of a failed open */
static int refuse_open(const char *shown, const char *advice, const char *problem,
		       struct err *err)
{
	if (errno == ENOENT)
		return err_set(err, EXIT_NOTHING, NULL, "there is no %s", err_name(shown));
	if (errno == EXDEV || errno == ELOOP)
		return err_set(err, EXIT_CONFIG, advice, "%s %s", err_name(shown), problem);
	return err_set_io(err, "cannot open", shown);
}

/* Takes over @fd. */
static int checked(int fd, const char *shown, int *out, struct err *err)
{
	int ret = check_owner(fd, shown, err);

	if (ret)
		close(fd);
	else
		*out = fd;
	return ret;
}

/**
 * protected_root() - open the folder that stands for the root of the machine
 * @path: the folder; "/" for this machine
 * @fd: set to its descriptor
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int protected_root(const char *path, int *fd, struct err *err)
{
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_set_io(err, "cannot open", path);
	return checked(root, path, fd, err);
}

/* Length of the first component, 0 at the end; moves @path behind it and its slashes. */
static size_t take_component(const char **path, char out[COMPONENT_MAX])
{
	size_t len = strcspn(*path, "/");

	if (len >= COMPONENT_MAX)
		return 0;
	memcpy(out, *path, len);
	out[len] = '\0';
	*path += len;
	*path += strspn(*path, "/");
	return len;
}

static int open_component(int from, const char *name, const char *shown, bool make, int *fd,
			  struct err *err)
{
	int next;

	if (make && mkdirat(from, name, FOLDER_MODE) && errno != EEXIST)
		return err_set_io(err, "cannot make", shown);
	next = open_inside(from, name, O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	if (next < 0)
		return refuse_open(shown, "make it a folder",
				   "is reached through a symbolic link", err);
	return checked(next, shown, fd, err);
}

/* The part of a shown name that the walk has reached, @rest of it being left. */
static const char *reached(const char *shown, const char *rest, char buf[SHOWN_MAX])
{
	size_t len = strlen(shown) - strlen(rest);

	while (len > 1 && shown[len - 1] == '/')
		len--;
	snprintf(buf, SHOWN_MAX, "%.*s", (int)len, shown);
	return buf;
}

static int walk(int from, const char *path, const char *shown, bool make, int *fd,
		struct err *err)
{
	char name[COMPONENT_MAX], part[SHOWN_MAX];
	int at = from, next = -1, ret;

	while (take_component(&path, name)) {
		ret = open_component(at, name, reached(shown, path, part), make, &next, err);
		if (at != from)
			close(at);
		if (ret)
			return ret;
		at = next;
	}
	*fd = at;
	return EXIT_OK;
}

/**
 * protected_folder() - open a folder that is root's alone, as all folders above it
 * @from: the folder in which @path begins
 * @path: its path, relative, not empty
 * @shown: its name in errors, which ends in @path
 * @fd: set to its descriptor
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_NOTHING if it does not exist; or the exit status of the error.
 */
int protected_folder(int from, const char *path, const char *shown, int *fd, struct err *err)
{
	return walk(from, path, shown, false, fd, err);
}

/**
 * protected_make_folder() - as protected_folder(), but make the folders that are missing
 * @from: the folder in which @path begins
 * @path: its path, relative, not empty
 * @shown: its name in errors, which ends in @path
 * @fd: set to its descriptor
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int protected_make_folder(int from, const char *path, const char *shown, int *fd,
			  struct err *err)
{
	return walk(from, path, shown, true, fd, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char * const *)a, *(const char * const *)b);
}

static int fail_memory(const char *shown, struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot list %s: out of memory", err_name(shown));
}

static int add_name(struct protected_names *out, const char *name, const char *shown,
		    struct err *err)
{
	if (out->count >= PROTECTED_NAMES_MAX)
		return err_set(err, EXIT_CONFIG, "remove those that are not needed",
			       "%s: more than %d files", err_name(shown), PROTECTED_NAMES_MAX);
	buffer_add(&out->text, name, strlen(name) + 1);
	if (out->text.failed)
		return fail_memory(shown, err);
	out->count++;
	return EXIT_OK;
}

/* The text does not move any more. */
static int sort_names(struct protected_names *out, const char *shown, struct err *err)
{
	const char *name = out->text.data;
	size_t i;

	if (!out->count)
		return EXIT_OK;
	out->names = calloc(out->count, sizeof(*out->names));
	if (!out->names) {
		out->count = 0;
		return fail_memory(shown, err);
	}
	for (i = 0; i < out->count; i++) {
		out->names[i] = name;
		name += strlen(name) + 1;
	}
	qsort(out->names, out->count, sizeof(*out->names), compare_names);
	return EXIT_OK;
}

static int list_all(DIR *dir, const char *shown, struct protected_names *out, struct err *err)
{
	const struct dirent *entry;
	int ret = EXIT_OK, sorted;

	while (!ret) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			break;
		if (entry->d_name[0] != '.')
			ret = add_name(out, entry->d_name, shown, err);
	}
	if (!ret && errno)
		ret = err_set_io(err, "cannot list", shown);
	sorted = sort_names(out, shown, err);
	return ret ? ret : sorted;
}

/**
 * protected_list() - list the names in a folder, without those that begin with a dot
 * @folder: the folder; stays open
 * @shown: its name in errors
 * @out: filled; release with protected_names_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; the names found before it are in @out.
 */
int protected_list(int folder, const char *shown, struct protected_names *out, struct err *err)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int ret;

	memset(out, 0, sizeof(*out));
	if (!dir) {
		ret = err_set_io(err, "cannot list", shown);
		if (fd >= 0)
			close(fd);
		return ret;
	}
	ret = list_all(dir, shown, out, err);
	closedir(dir);
	return ret;
}

/**
 * protected_names_free() - release a list
 * @names: filled by protected_list()
 */
void protected_names_free(struct protected_names *names)
{
	free(names->names);
	buffer_free(&names->text);
	memset(names, 0, sizeof(*names));
}

static int read_checked(int fd, const char *shown, size_t max, struct buffer *out,
			struct err *err)
{
	struct stat st;
	int ret = check_owner(fd, shown, err);

	if (ret)
		return ret;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(err, EXIT_CONFIG, "remove it", "%s is not a regular file",
			       err_name(shown));
	return file_read_fd(fd, shown, max, out, err);
}

/**
 * protected_read() - read a file that is root's alone
 * @folder: its folder
 * @name: its name there
 * @shown: its name in errors
 * @max: largest size accepted, in bytes
 * @out: its bytes; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_NOTHING if it does not exist; or the exit status of the error.
 */
int protected_read(int folder, const char *name, const char *shown, size_t max,
		   struct buffer *out, struct err *err)
{
	/* A pipe that somebody put there does not block. */
	int fd = open_inside(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	int ret;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return refuse_open(shown, "put the file itself there",
				   "is a symbolic link that leads out of its folder", err);
	ret = read_checked(fd, shown, max, out, err);
	close(fd);
	return ret;
}

static int write_new(int folder, const char *temporary, const char *shown,
		     const struct buffer *data, struct err *err)
{
	int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			FILE_MODE);
	int ret;

	if (fd < 0)
		return err_set_io(err, "cannot write", shown);
	ret = file_write_all(fd, shown, data->data, data->len, err);
	if (!ret && fsync(fd))
		ret = err_set_io(err, "cannot write", shown);
	if (close(fd) && !ret)
		ret = err_set_io(err, "cannot write", shown);
	return ret;
}

/**
 * protected_write() - write a file: the new bytes or the old, also when power fails
 * @folder: its folder, which is root's alone
 * @name: its name there
 * @shown: its name in errors
 * @data: the bytes
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int protected_write(int folder, const char *name, const char *shown, const struct buffer *data,
		    struct err *err)
{
	char temporary[COMPONENT_MAX];
	int ret;

	snprintf(temporary, sizeof(temporary), ".%s.new", name);
	unlinkat(folder, temporary, 0);
	ret = write_new(folder, temporary, shown, data, err);
	if (!ret && (renameat(folder, temporary, folder, name) || durable_sync(folder)))
		ret = err_set_io(err, "cannot write", shown);
	if (ret)
		unlinkat(folder, temporary, 0);
	return ret;
}
