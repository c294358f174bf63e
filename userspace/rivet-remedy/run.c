// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - programs that it starts: with a time limit, and little of its surroundings
 *
 * The kernel decides about them as about all programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define MSEC_PER_SEC	1000

static char *const surroundings[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL };

/* A memory file: a program that does not read cannot make the writer wait. */
static int make_input(struct rivet_slice input)
{
	int fd = memfd_create("event", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, input.ptr, input.len) == (ssize_t)input.len && !lseek(fd, 0, SEEK_SET))
		return fd;
	close(fd);
	return -1;
}

static void become(char *const argv[], int input)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	if (dup2(input, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || chdir("/"))
		_exit(127);
	execve(argv[0], argv, surroundings);
	_exit(errno == EACCES ? 126 : 127);
}

/* Ends the whole group of a program that takes too long. */
static bool wait_limited(pid_t pid, unsigned int limit)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&end, 1, fd < 0 ? 0 : (int)limit * MSEC_PER_SEC);
	while (ready < 0 && errno == EINTR);
	if (fd >= 0)
		close(fd);
	if (ready <= 0 && fd >= 0)
		kill(-pid, SIGKILL);
	return ready > 0 || fd < 0;
}

static int judge(int status, bool in_time, const char *name, unsigned int limit, struct err *err)
{
	if (!in_time)
		return err_set(err, EXIT_OTHER, NULL, "%s took longer than %u s and was killed",
			       err_name(name), limit);
	if (WIFSIGNALED(status))
		return err_set(err, EXIT_OTHER, NULL, "%s was killed by signal %d", err_name(name),
			       WTERMSIG(status));
	if (WEXITSTATUS(status) == 126)
		return err_set(err, EXIT_DENIED, "see: rivetctl why --last", "%s may not run",
			       err_name(name));
	if (WEXITSTATUS(status))
		return err_set(err, EXIT_OTHER, NULL, "%s ended with status %d", err_name(name),
			       WEXITSTATUS(status));
	return EXIT_OK;
}

/**
 * run_program() - run a program to its end, or until its time is over
 * @argv: path of the program, its arguments, and NULL
 * @input: bytes that it gets on its standard input
 * @limit: seconds after which it is killed, with the processes of its group
 * @err: filled on error
 *
 * Return: EXIT_OK if it ended with 0, or the exit status of an error.
 */
int run_program(char *const argv[], struct rivet_slice input, unsigned int limit,
		struct err *err)
{
	int fd = make_input(input), status = 0;
	bool in_time;
	pid_t pid;

	if (fd < 0)
		return err_set(err, EXIT_OTHER, NULL, "cannot run %s: %s", err_name(argv[0]),
			       strerror(errno));
	pid = fork();
	if (!pid)
		become(argv, fd);
	close(fd);
	if (pid < 0)
		return err_set(err, EXIT_OTHER, NULL, "cannot run %s: %s", err_name(argv[0]),
			       strerror(errno));
	in_time = wait_limited(pid, limit);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(status, in_time, argv[0], limit, err);
}

/**
 * run_check_owner() - check that only root can have put a program there
 * @path: the program
 * @err: filled if others could have
 *
 * Return: EXIT_OK; EXIT_CONFIG.
 */
int run_check_owner(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st))
		return err_set_io(err, "cannot run", path);
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return EXIT_OK;
	return err_set(err, EXIT_CONFIG, "chown root and chmod go-w it",
		       "%s is not run: it is not a file of root's that others cannot write",
		       err_name(path));
}
