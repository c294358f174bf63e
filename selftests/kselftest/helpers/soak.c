// SPDX-License-Identifier: GPL-2.0
/*
 * soak - execute and map listed files until rivet has made so many decisions
 *
 * Every program runs, every mapping is permitted: the first that is not ends it,
 * and is told. One program is started for every MAPS_A_RUN mappings.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE		"soak DECISIONS TASKS PROGRAM... -- LIBRARY..."
#define STATS		"/sys/kernel/security/rivet/stats"
#define MAPS_A_RUN	200
#define WORDS		32

extern char **environ;
static char *programs[WORDS], *libraries[WORDS];
static int program_count, library_count;

static long long decisions(void)
{
	char text[8192], *at;
	int fd = must_open(STATS, O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	close(fd);
	if (got < 0)
		fail(STATS);
	text[got] = '\0';
	at = strstr(text, "decisions ");
	return at ? atoll(at + 10) : 0;
}

static void run(char *program)
{
	char *const argv[] = { program, NULL };
	int error, status;
	pid_t pid;

	error = posix_spawn(&pid, program, NULL, NULL, argv, environ);
	if (error) {
		errno = error;
		fail(program);
	}
	if (waitpid(pid, &status, 0) < 0)
		fail("wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "%s: ended with %#x\n", program, status);
		exit(1);
	}
}

static void map(const char *library, int round)
{
	int fd = must_open(library, O_RDONLY);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, round % 2 ? MAP_PRIVATE : MAP_SHARED,
			fd, 0);

	if (at == MAP_FAILED)
		fail(library);
	if (round % 4 == 0 &&
	    (mprotect(at, 4096, PROT_READ) || mprotect(at, 4096, PROT_READ | PROT_EXEC)))
		fail(library);
	munmap(at, 4096);
	close(fd);
}

static void work(long long until)
{
	int round = 0, i;

	dup2(must_open("/dev/null", O_WRONLY), 1);
	while (decisions() < until) {
		run(programs[round++ % program_count]);
		for (i = 0; i < MAPS_A_RUN; i++)
			map(libraries[(round + i) % library_count], i);
	}
	exit(0);
}

static void read_names(char **argv)
{
	for (; *argv && strcmp(*argv, "--") && program_count < WORDS; argv++)
		programs[program_count++] = *argv;
	if (*argv && !strcmp(*argv, "--"))
		argv++;
	for (; *argv && library_count < WORDS; argv++)
		libraries[library_count++] = *argv;
	if (!program_count || !library_count)
		usage(USAGE);
}

int main(int argc, char **argv)
{
	long long before, start = now_ms();
	int i, tasks, status, bad = 0;

	if (argc < 6)
		usage(USAGE);
	tasks = atoi(argv[2]);
	read_names(argv + 3);
	before = decisions();
	for (i = 0; i < tasks; i++)
		if (!fork())
			work(before + atoll(argv[1]));
	while (wait(&status) > 0)
		bad += status != 0;
	printf("decisions %lld failures %d seconds %lld\n", decisions() - before, bad,
	       (now_ms() - start) / 1000);
	return bad != 0;
}
