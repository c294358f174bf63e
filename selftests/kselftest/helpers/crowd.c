// SPDX-License-Identifier: GPL-2.0
/*
 * crowd - try to execute a program under many names, each an event of its own
 *
 * Prints how many of them could not be executed.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"crowd PROGRAM FOLDER COUNT [PAUSE-IN-MICROSECONDS]"

extern char **environ;

static int try_name(const char *program, char *name)
{
	char *const argv[] = { name, NULL };
	pid_t pid;
	int error;

	if (link(program, name))
		fail(name);
	error = posix_spawn(&pid, name, NULL, NULL, argv, environ);
	if (!error)
		waitpid(pid, NULL, 0);
	unlink(name);
	return error;
}

int main(int argc, char **argv)
{
	int i, failures = 0;
	char name[4096];

	if (argc < 4 || argc > 5)
		usage(USAGE);
	for (i = 0; i < atoi(argv[3]); i++) {
		snprintf(name, sizeof(name), "%s/%d-%d", argv[2], (int)getpid(), i);
		failures += !!try_name(argv[1], name);
		if (argc > 4)
			usleep(atoi(argv[4]));
	}
	printf("%d\n", failures);
	return 0;
}
