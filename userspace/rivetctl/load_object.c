// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - writing a signed object to the kernel
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/kernel/secfs.h"
#include "load_object.h"

#define QUIET_SECONDS 2

/**
 * load_check() - check that an object is signed, and its form
 * @file: the object
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int load_check(const struct object_file *file, struct err *err)
{
	if (!file->is_signed)
		return err_set(err, EXIT_INVALID, "load the signed file, NAME.signed",
			       "%s: no signature is appended", err_name(file->name));
	return object_check(file, err);
}

/**
 * load_open() - open a signed object and check its form
 * @file: filled; close with object_close(), also on error
 * @path: the file
 * @kind: the required kind
 * @err: filled on error
 *
 * An error in a text is reported with line and column here, before the kernel
 * is asked.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int load_open(struct object_file *file, const char *path, enum rivet_object_kind kind,
	      struct err *err)
{
	int ret = object_open(file, path, kind, err);

	return ret ? ret : load_check(file, err);
}

/* The write blocks until the kernel is done, so another thread prints the elapsed time. */
static void tell_time(void)
{
	unsigned int seconds = QUIET_SECONDS;
	pid_t parent = getppid();

	sleep(QUIET_SECONDS);
	while (getppid() == parent) {
		fprintf(stderr, "\rthe kernel is verifying and loading: %u s ", seconds++);
		sleep(1);
	}
	_exit(0);
}

static pid_t start_progress(void)
{
	pid_t pid;

	if (!isatty(STDERR_FILENO))
		return 0;
	fflush(stdout);
	pid = fork();
	if (!pid)
		tell_time();
	return pid < 0 ? 0 : pid;
}

static void end_progress(pid_t pid, time_t since)
{
	if (!pid)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (time(NULL) - since >= QUIET_SECONDS)
		fputc('\n', stderr);
}

/**
 * load_write() - write a signed object to the kernel, in one write
 * @name: name of the file in securityfs
 * @file: opened with load_open()
 * @err: filled on error, with the kernel's reason
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int load_write(const char *name, const struct object_file *file, struct err *err)
{
	char what[ERR_TEXT_MAX / 2];
	time_t since = time(NULL);
	pid_t progress;
	int ret;

	snprintf(what, sizeof(what), "cannot load %s", err_name(file->name));
	progress = start_progress();
	ret = secfs_write(name, file->data.data, file->data.len, what, err);
	end_progress(progress, since);
	return ret;
}
