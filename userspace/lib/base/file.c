// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - whole files: read into memory, written completely or not at all
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"

#define READ_STEP	(64 * 1024)
#define MODE_PUBLIC	0644

static bool buffer_reserve(struct buffer *buf, size_t len)
{
	size_t size = buf->size ? buf->size : 256;
	char *data;

	if (len >= SIZE_MAX / 2 - buf->len)
		return false;
	while (size < buf->len + len + 1)
		size *= 2;
	if (size == buf->size)
		return true;
	data = realloc(buf->data, size);
	if (!data)
		return false;
	buf->data = data;
	buf->size = size;
	return true;
}

/**
 * buffer_add() - append bytes
 * @buf: destination; @buf->failed tells in the end whether every append
 * succeeded
 * @data: the bytes
 * @len: length in bytes
 */
void buffer_add(struct buffer *buf, const void *data, size_t len)
{
	if (buf->failed || !buffer_reserve(buf, len)) {
		buf->failed = true;
		return;
	}
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

/**
 * buffer_add_text() - append a string
 * @buf: destination
 * @text: the string
 */
void buffer_add_text(struct buffer *buf, const char *text)
{
	buffer_add(buf, text, strlen(text));
}

/**
 * buffer_free() - release the bytes
 * @buf: empty afterwards
 */
void buffer_free(struct buffer *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

static bool is_stdio(const char *path)
{
	return !strcmp(path, "-");
}

/**
 * file_read_fd() - read an open file to its end
 * @fd: the file
 * @path: its name for errors
 * @max: largest size accepted, in bytes
 * @out: gets its bytes; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int file_read_fd(int fd, const char *path, size_t max, struct buffer *out, struct err *err)
{
	ssize_t got;

	buffer_add(out, "", 0);
	do {
		if (out->failed || !buffer_reserve(out, READ_STEP))
			return err_set(err, EXIT_OTHER, NULL, "cannot read %s: out of memory",
				       err_name(path));
		got = read(fd, out->data + out->len, READ_STEP);
		if (got < 0 && errno != EINTR)
			return err_set_io(err, "cannot read", path);
		if (got > 0)
			out->len += got;
		if (out->len > max)
			return err_set(err, EXIT_CONFIG, NULL,
				       "cannot read %s: more than %zu bytes, too long for such a file",
				       err_name(path), max);
	} while (got);
	out->data[out->len] = '\0';
	return EXIT_OK;
}

/**
 * file_read() - read a whole file
 * @path: the file; "-" for standard input
 * @max: largest size accepted, in bytes
 * @out: its bytes; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int file_read(const char *path, size_t max, struct buffer *out, struct err *err)
{
	int fd, ret;

	memset(out, 0, sizeof(*out));
	if (is_stdio(path))
		return file_read_fd(STDIN_FILENO, "standard input", max, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_io(err, "cannot read", path);
	ret = file_read_fd(fd, path, max, out, err);
	close(fd);
	return ret;
}

/**
 * file_write_all() - write all bytes to an open file
 * @fd: the file
 * @path: its name, for the message
 * @data: the bytes
 * @len: length in bytes
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int file_write_all(int fd, const char *path, const void *data, size_t len, struct err *err)
{
	const char *pos = data;
	ssize_t done;

	while (len) {
		done = write(fd, pos, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set_io(err, "cannot write", path);
		pos += done;
		len -= done;
	}
	return EXIT_OK;
}

/* Close in any case: some errors show only here. */
static int close_written(int fd, const char *path, int ret, struct err *err)
{
	if (!ret && fsync(fd) && errno != EINVAL && errno != EROFS)
		ret = err_set_io(err, "cannot write", path);
	if (close(fd) && !ret)
		ret = err_set_io(err, "cannot write", path);
	return ret;
}

/* A device or pipe is written to directly. */
static bool is_special(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_special(const char *path, const void *data, size_t len, struct err *err)
{
	int fd, ret;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_io(err, "cannot write", path);
	ret = file_write_all(fd, path, data, len, err);
	return close_written(fd, path, ret, err);
}

static int write_beside(const char *path, char *tmp, const void *data, size_t len, struct err *err)
{
	int fd, ret;

	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return err_set_io(err, "cannot write", path);
	ret = file_write_all(fd, path, data, len, err);
	if (!ret && fchmod(fd, MODE_PUBLIC))
		ret = err_set_io(err, "cannot write", path);
	ret = close_written(fd, path, ret, err);
	if (!ret && rename(tmp, path))
		ret = err_set_io(err, "cannot write", path);
	if (ret)
		unlink(tmp);
	return ret;
}

static int write_replace(const char *path, const void *data, size_t len, struct err *err)
{
	char *tmp;
	int ret;

	if (asprintf(&tmp, "%s.XXXXXX", path) < 0)
		return err_set(err, EXIT_OTHER, NULL, "cannot write %s: out of memory",
			       err_name(path));
	ret = write_beside(path, tmp, data, len, err);
	free(tmp);
	return ret;
}

/**
 * file_write() - write a file, mode 0644: the new bytes or the old, nothing between
 * @path: the file; "-" for standard output
 * @data: the bytes
 * @len: length in bytes
 * @err: filled on error
 *
 * A symbolic link stays; its target is replaced.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int file_write(const char *path, const void *data, size_t len, struct err *err)
{
	char *real;
	int ret;

	if (is_stdio(path))
		return file_write_all(STDOUT_FILENO, "standard output", data, len, err);
	if (is_special(path))
		return write_special(path, data, len, err);
	real = realpath(path, NULL);
	ret = write_replace(real ? real : path, data, len, err);
	free(real);
	return ret;
}

/**
 * file_create() - write a file that must not exist yet
 * @path: the file
 * @mode: its mode; the umask is ignored
 * @data: the bytes
 * @len: length in bytes
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; EXIT_CONFIG if it exists.
 */
int file_create(const char *path, mode_t mode, const void *data, size_t len, struct err *err)
{
	int fd, ret;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0600);
	if (fd < 0 && errno == EEXIST)
		return err_set(err, EXIT_CONFIG, NULL, "cannot write %s: it exists already",
			       err_name(path));
	if (fd < 0)
		return err_set_io(err, "cannot write", path);
	ret = file_write_all(fd, path, data, len, err);
	if (!ret && fchmod(fd, mode))
		ret = err_set_io(err, "cannot write", path);
	ret = close_written(fd, path, ret, err);
	if (ret)
		unlink(path);
	return ret;
}
