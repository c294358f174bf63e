// SPDX-License-Identifier: GPL-2.0
/*
 * endure - start itself faster than somebody can kill what he sees
 *
 *   endure bomb|chain NUMBER
 *
 * bomb: each process forks all the time; a cgroup limits them. chain: each process forks its
 * successor and ends at once, but for the first. It says ready after NUMBER forks.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>

#include "helper.h"

#define USAGE	"endure bomb|chain NUMBER"

static int *forks;	/* shared: how many there were */
static int wanted;

static void count(void)
{
	if (__atomic_add_fetch(forks, 1, __ATOMIC_RELAXED) == wanted) {
		puts("ready");
		fflush(stdout);
	}
}

static void __attribute__((noreturn)) bomb(void)
{
	pid_t child;

	for (;;) {
		child = fork();
		if (!child)
			count();
		else if (child < 0)
			usleep(20000);
	}
}

static void __attribute__((noreturn)) chain(void)
{
	for (;;) {
		if (fork())
			_exit(0);
		count();
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage(USAGE);
	wanted = atoi(argv[2]);
	forks = mmap(NULL, sizeof(*forks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (forks == MAP_FAILED)
		fail("mmap");
	signal(SIGCHLD, SIG_IGN);
	if (!strcmp(argv[1], "bomb"))
		bomb();
	if (strcmp(argv[1], "chain"))
		usage(USAGE);
	if (!fork())
		chain();
	for (;;)
		pause();
}
