// SPDX-License-Identifier: GPL-2.0
/*
 * lodger - have files mapped executable in a process that is not easily looked at
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include "helper.h"

#define USAGE	"lodger many|thread|clone FILE..."

static char **files;

static void map_files(void)
{
	char **file;

	for (file = files; *file; file++)
		if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE,
			 must_open(*file, O_RDONLY), 0) == MAP_FAILED)
			fail(*file);
}

static void *stay(void *unused)
{
	(void)unused;
	map_files();
	usleep(100000);		/* by then the first thread has ended */
	hold();
}

/* Shares the memory, but is a process of its own, which outlives the first */
static int stay_as_process(void *unused)
{
	stay(unused);
	return 0;
}

int main(int argc, char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));
	pthread_t thread;

	if (argc < 3)
		usage(USAGE);
	files = argv + 2;
	if (!strcmp(argv[1], "many")) {
		map_files();
		hold();
	} else if (!strcmp(argv[1], "thread")) {
		if (pthread_create(&thread, NULL, stay, NULL))
			fail("thread");
		pthread_exit(NULL);
	} else if (!strcmp(argv[1], "clone")) {
		if (clone(stay_as_process, stack + sizeof(stack), CLONE_VM, NULL) < 0)
			fail("clone");
		_exit(0);
	}
	usage(USAGE);
}
