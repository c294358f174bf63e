// SPDX-License-Identifier: GPL-2.0
/*
 * tally - run a program, and tell how many decisions it took and how many of
 * them came from memory
 *
 * The counters are read just before and just after, by one process that makes no
 * decision of its own: with nothing else running the numbers are exact.
 */
#include <sys/wait.h>

#include "helper.h"

#define STATS	"/sys/kernel/security/rivet/stats"

struct counts {
	long long decisions;
	long long cached;
};

static long long value(const char *stats, const char *name)
{
	const char *at = strstr(stats, name);

	if (!at) {
		errno = ENOENT;
		fail(name);
	}
	return atoll(at + strlen(name));
}

static struct counts read_counts(int fd)
{
	struct counts c;
	char text[8192];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	if (got < 0)
		fail(STATS);
	text[got] = '\0';
	c.decisions = value(text, "decisions ");
	c.cached = value(text, "decisions_cached ");
	return c;
}

int main(int argc, char **argv)
{
	struct counts before, after;
	int status, fd;
	pid_t pid;

	if (argc < 2)
		usage("tally PROGRAM [ARG...]");
	fd = must_open(STATS, O_RDONLY);
	before = read_counts(fd);
	pid = fork();
	if (!pid) {
		dup2(must_open("/dev/null", O_WRONLY), 1);
		execv(argv[1], argv + 1);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	close(fd);
	fd = must_open(STATS, O_RDONLY);
	after = read_counts(fd);
	printf("decisions %lld cached %lld exit %d\n", after.decisions - before.decisions,
	       after.cached - before.cached, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
