// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the module's files under /sys/kernel/security/rivet
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "lib/kernel/secfs.h"

#define NAME_SIZE	128
#define STEP		(16 * 1024)
#define READ_MAX	(128UL << 20)

/**
 * secfs_is_mounted() - is securityfs mounted at its usual place?
 *
 * Return: true if so.
 */
bool secfs_is_mounted(void)
{
	struct statfs fs;

	return !statfs(SECFS_ROOT, &fs) && fs.f_type == SECURITYFS_MAGIC;
}

static int fail_open(struct err *err, const char *path, int error)
{
	if (error == EACCES || error == EPERM)
		return err_set(err, EXIT_IO, "run as root", "cannot open %s: %s", path,
			       strerror(error));
	if (!secfs_is_mounted())
		return err_set(err, EXIT_UNREACHABLE,
			       "mount it: mount -t securityfs securityfs " SECFS_ROOT,
			       "cannot open %s: securityfs is not mounted", path);
	if (error == ENOENT && access(SECFS_DIR, F_OK))
		return err_set(err, EXIT_UNREACHABLE, "load it: modprobe rivet",
			       "the rivet module is not loaded");
	return err_set(err, EXIT_UNREACHABLE, NULL, "cannot open %s: %s", path, strerror(error));
}

/**
 * secfs_open() - open one of the module's files
 * @name: name of the file
 * @flags: as for open(2)
 * @err: filled on error
 *
 * Only the filesystem itself is accepted: a file put in its place would lie.
 *
 * Return: the descriptor, closed on exec; or -1: the exit status is in @err. If open(2) failed,
 * errno is as it set it, else EXDEV.
 */
int secfs_open(const char *name, int flags, struct err *err)
{
	char path[NAME_SIZE];
	struct statfs fs;
	int fd, error;

	snprintf(path, sizeof(path), SECFS_DIR "/%s", name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0) {
		error = errno;
		fail_open(err, path, error);
		errno = error;
		return -1;
	}
	if (!fstatfs(fd, &fs) && fs.f_type == SECURITYFS_MAGIC)
		return fd;
	close(fd);
	err_set(err, EXIT_UNREACHABLE, "see: findmnt " SECFS_ROOT,
		"%s is not on securityfs: something is mounted over it", path);
	errno = EXDEV;
	return -1;
}

static int read_to_end(int fd, const char *name, struct buffer *out, struct err *err)
{
	char step[STEP];
	ssize_t got;

	buffer_add(out, "", 0);
	while ((got = read(fd, step, sizeof(step)))) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, EXIT_IO, NULL, "cannot read %s/%s: %s", SECFS_DIR, name,
				       strerror(errno));
		buffer_add(out, step, got);
		if (out->failed || out->len > READ_MAX)
			return err_set(err, EXIT_OTHER, NULL, "cannot read %s/%s: out of memory",
				       SECFS_DIR, name);
	}
	return EXIT_OK;
}

/**
 * secfs_read() - read one of the module's files
 * @name: name of the file
 * @out: its bytes; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE if the module is not loaded or securityfs
 * not mounted; or the exit status of another error.
 */
int secfs_read(const char *name, struct buffer *out, struct err *err)
{
	int fd = secfs_open(name, O_RDONLY, err);
	int ret;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return err->code;
	ret = read_to_end(fd, name, out, err);
	close(fd);
	return ret;
}

/* Return: 0 or a positive errno. One write is one object. */
static int write_once(int fd, const void *data, size_t len)
{
	ssize_t done;

	do {
		done = write(fd, data, len);
	} while (done < 0 && errno == EINTR);
	if (done < 0)
		return errno;
	return (size_t)done == len ? 0 : EIO;
}

/**
 * secfs_write() - write one object to the kernel
 * @name: name of the file
 * @data: the whole object
 * @len: its length in bytes
 * @what: the attempt, "cannot load FILE" for instance
 * @err: filled on error, with the kernel's reason
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int secfs_write(const char *name, const void *data, size_t len, const char *what, struct err *err)
{
	int fd = secfs_open(name, O_WRONLY, err);
	struct attempt attempt;
	int error;

	if (fd < 0)
		return err->code;
	attempt_begin(&attempt);
	error = write_once(fd, data, len);
	close(fd);
	return error ? attempt_fail(&attempt, err, what, error) : EXIT_OK;
}

/**
 * secfs_check() - ask the kernel's evaluator about a file
 * @question: the text to write to the check file
 * @path: the file, for errors
 * @out: the answer; free with buffer_free(), also on error
 * @err: filled on error; EXIT_IO or EXIT_CONFIG if the path itself fails
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int secfs_check(const struct buffer *question, const char *path, struct buffer *out,
		struct err *err)
{
	int fd = secfs_open("check", O_RDWR, err);
	int ret;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return err->code;
	errno = write_once(fd, question->data, question->len);
	if (errno == EPERM && !kernel_may_change())
		ret = kernel_error(err, "cannot check a file", NULL, EPERM);
	else if (errno == EINVAL)
		ret = err_set(err, EXIT_CONFIG, NULL, "cannot check %s: not a regular file",
			      err_name(path));
	else if (errno == EOPNOTSUPP)
		ret = err_set(err, EXIT_CONFIG, NULL,
			      "cannot check %s: the operation is not about a file",
			      err_name(path));
	else if (errno)
		ret = err_set_io(err, "cannot check", path);
	else
		ret = read_to_end(fd, "check", out, err);
	close(fd);
	return ret;
}

/**
 * secfs_report() - ask the kernel for a report
 * @nonce: the asker's, lower-case hex digits
 * @out: the report; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Waits for a TPM, half a minute at most.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int secfs_report(const char *nonce, struct buffer *out, struct err *err)
{
	int fd = secfs_open("report", O_RDWR, err);
	int ret;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return err->code;
	errno = write_once(fd, nonce, strlen(nonce));
	if (errno == EBUSY)
		ret = err_set(err, EXIT_OTHER, "try again later",
			      "cannot ask for a report: the kernel makes as many as it may");
	else if (errno)
		ret = kernel_error(err, "cannot ask for a report", NULL, errno);
	else
		ret = read_to_end(fd, "report", out, err);
	close(fd);
	return ret;
}
