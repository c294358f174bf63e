// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - a folder of Debian packages as a source of good content
 *
 * The packages are tried in the order of their names, until one has the bytes that a RIV names:
 * the RIV says which version is right. Neither dpkg nor a script of a package is asked.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine.h"
#include "deb.h"
#include "packages.h"

#define SUFFIX	".deb"

/**
 * struct reader - the process that reads a package
 * @pid: its number
 * @pipe: the bytes that it writes
 */
struct reader {
	pid_t pid;
	int pipe;
};

static int is_package(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), suffix = strlen(SUFFIX);

	return *entry->d_name != '.' && len > suffix &&
	       !strcmp(entry->d_name + len - suffix, SUFFIX);
}

/*
 * If the bytes are not taken, that is told by the exit status. _exit() of a sanitizer does more
 * than is permitted.
 */
static void read_package(int package, const char *path, int to, unsigned int limit)
{
	enum deb_result result = DEB_NOT_BEGUN;

	if (signal(SIGPIPE, SIG_IGN) != SIG_ERR && confine_to(package, to, limit))
		result = deb_copy(STDIN_FILENO, path, STDOUT_FILENO);
	syscall(SYS_exit_group, result);
}

static bool start(struct reader *reader, int package, const char *path, unsigned int limit)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	reader->pid = fork();
	if (!reader->pid)
		read_package(package, path, ends[1], limit);
	close(ends[1]);
	reader->pipe = ends[0];
	if (reader->pid < 0)
		close(ends[0]);
	return reader->pid > 0;
}

static bool has_found(const struct reader *reader)
{
	ssize_t got;
	char mark;

	do
		got = read(reader->pipe, &mark, 1);
	while (got < 0 && errno == EINTR);
	return got == 1 && mark == DEB_MARK;
}

static int finish(struct reader *reader)
{
	int status;

	close(reader->pipe);
	while (waitpid(reader->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Return: EXIT_OK if the package has the file; EXIT_NOTHING if not; or that of an error. */
static int judge(int result, const char *name, struct err *err)
{
	switch (result) {
	case DEB_COPIED:
	case DEB_UNWRITTEN:
		return EXIT_OK;
	case DEB_ABSENT:
		return EXIT_NOTHING;
	case DEB_DAMAGED:
		return err_set(err, EXIT_CONFIG, NULL, "%s is no Debian package, or a damaged one",
			       err_name(name));
	case DEB_TOO_LARGE:
		return err_set(err, EXIT_CONFIG, NULL,
			       "%s has more, or larger, files than are unpacked", err_name(name));
	case DEB_NOT_BEGUN:
		return err_set(err, EXIT_OTHER, NULL, "%s is not read: its reader cannot be confined",
			       err_name(name));
	default:
		return err_set(err, EXIT_CONFIG, "raise limit in remedy.conf if it is large",
			       "the reader of %s was killed", err_name(name));
	}
}

/* Return: EXIT_OK if it is restored; EXIT_NOTHING without such a file; or that of an error. */
static int from_package(int package, const char *name, unsigned int limit,
			struct restore *restore, struct err *err)
{
	struct reader reader;
	int ret = EXIT_NOTHING, judged;
	struct err own = { 0 };

	if (!start(&reader, package, restore->path, limit))
		return err_set_io(err, "cannot start a reader of", name);
	if (has_found(&reader)) {
		restore->source = reader.pipe;
		ret = restore_file(restore, err);
	}
	judged = judge(finish(&reader), name, &own);
	/* Bytes that a RIV names are good, though the rest of the package may not be. */
	if (!ret || !judged || judged == EXIT_NOTHING)
		return ret;
	*err = own;
	return judged;
}

static int try_package(int folder, const char *name, unsigned int limit, struct restore *restore,
		       struct err *err)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), ret;
	struct stat st;

	if (fd < 0)
		return err_set_io(err, "cannot open", name);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		ret = err_set(err, EXIT_CONFIG, NULL, "%s is no regular file", err_name(name));
	else
		ret = from_package(fd, name, limit, restore, err);
	close(fd);
	return ret;
}

/* Seconds, also if somebody sets the clock. */
static int64_t now(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static int try_all(int folder, struct dirent **names, int count, unsigned int limit,
		   struct restore *restore, struct err *err)
{
	int64_t end = now() + limit;
	int ret = EXIT_NOTHING, one, i;

	for (i = 0; i < count && ret; i++) {
		if (i == PACKAGES_MAX)
			return err_set(err, EXIT_CONFIG, "remove those that nothing needs",
				       "only the first %d packages were looked at", PACKAGES_MAX);
		if (now() > end)
			return err_set(err, EXIT_OTHER, "raise limit in remedy.conf",
				       "the packages took longer than %u s", limit);
		one = try_package(folder, names[i]->d_name, limit, restore, err);
		if (one != EXIT_NOTHING)
			ret = one;
	}
	return ret;
}

/**
 * packages_restore() - restore a file from a folder of Debian packages
 * @folder: the folder; every file in it whose name ends in ".deb" is looked at
 * @limit: seconds of the processor for a package; no further one is begun after as many
 * @restore: the file; @restore->source is set here
 * @err: filled on error: of the last package that had one
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int packages_restore(const char *folder, unsigned int limit, struct restore *restore,
		     struct err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), count, ret, i;
	struct dirent **names;

	if (fd < 0)
		return err_set_io(err, "cannot open the folder of packages", folder);
	count = scandirat(fd, ".", &names, is_package, alphasort);
	if (count < 0) {
		close(fd);
		return err_set_io(err, "cannot list the folder of packages", folder);
	}
	ret = try_all(fd, names, count, limit, restore, err);
	if (ret == EXIT_NOTHING)
		ret = err_set(err, EXIT_CONFIG, NULL, "no package in %s has %s", err_name(folder),
			      err_name(restore->path));
	for (i = 0; i < count; i++)
		free(names[i]);
	free(names);
	close(fd);
	return ret;
}
