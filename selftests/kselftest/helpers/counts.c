// SPDX-License-Identifier: GPL-2.0
/*
 * counts - do one thing ten times, and tell how many decisions that took and how many of
 * them came from memory
 *
 * With nothing else running the numbers are exact.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "helper.h"

#define STATS	"/sys/kernel/security/rivet/stats"
#define TIMES	10
#define LENGTH	4096

static const char *path;
static int file;

static long long value(const char *name)
{
	int fd = must_open(STATS, O_RDONLY);
	char text[8192];
	const char *at;
	ssize_t got;

	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	at = strstr(text, name);
	if (!at)
		fail(name);
	return atoll(at + strlen(name));
}

static void map(int flags, int fd)
{
	void *at = mmap(NULL, LENGTH, PROT_READ | PROT_EXEC, MAP_PRIVATE | flags, fd, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	munmap(at, LENGTH);
}

static void protect(int flags, int fd)
{
	void *at = mmap(NULL, LENGTH, PROT_READ, MAP_PRIVATE | flags, fd, 0);

	if (at == MAP_FAILED || mprotect(at, LENGTH, PROT_READ | PROT_EXEC))
		fail("mprotect");
	munmap(at, LENGTH);
}

static void map_file(void)
{
	map(0, file);
}

static void protect_file(void)
{
	protect(0, file);
}

static void map_memory(void)
{
	map(MAP_ANONYMOUS, -1);
}

static void protect_memory(void)
{
	protect(MAP_ANONYMOUS, -1);
}

static void be_traced(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? 1 : 0);
	if (waitpid(pid, &status, 0) < 0 || status)
		fail("ptrace");
}

static void open_file(void)
{
	close(must_open(path, O_RDONLY));
}

static const struct {
	const char *name;
	void (*act)(void);
} ways[] = {
	{ "map", map_file }, { "protect", protect_file }, { "map-memory", map_memory },
	{ "protect-memory", protect_memory }, { "trace", be_traced }, { "open", open_file },
};

static void count(void (*act)(void))
{
	long long decisions, cached;
	int i;

	act();		/* from here on the cache holds the answer */
	decisions = value("\ndecisions ");
	cached = value("\ndecisions_cached ");
	for (i = 0; i < TIMES; i++)
		act();
	decisions = value("\ndecisions ") - decisions;
	cached = value("\ndecisions_cached ") - cached;
	printf("decisions %lld cached %lld\n", decisions, cached);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 3)
		usage("counts map|protect|map-memory|protect-memory|trace|open FILE|memfd");
	path = argv[2];
	file = strcmp(path, "memfd") ? must_open(path, O_RDONLY) : memfd_create("count", 0);
	if (file < 0 || (!strcmp(path, "memfd") && ftruncate(file, LENGTH)))
		fail(path);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].name, argv[1]))
			continue;
		count(ways[i].act);
		return 0;
	}
	usage("counts WAY FILE");
	return 2;
}
