// SPDX-License-Identifier: GPL-2.0
/*
 * starts - start a program over and over, each time with another struct file
 *
 *   starts COUNT PROGRAM
 *
 * Between two starts a file is opened and stays so: it gets the memory that the program's
 * own had in the kernel.
 */
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "helper.h"

static void start(char *program)
{
	char *argv[] = { program, NULL }, *envp[] = { NULL };
	pid_t child;
	int status;

	errno = posix_spawn(&child, program, NULL, NULL, argv, envp);
	if (errno)
		fail(program);
	if (waitpid(child, &status, 0) != child || status)
		exit(1);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	int count;

	if (argc != 3)
		usage("starts COUNT PROGRAM");
	count = atoi(argv[1]);
	limit.rlim_cur = count + 16;
	limit.rlim_max = limit.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit");
	while (count--) {
		start(argv[2]);
		must_open("/dev/null", O_RDONLY);
	}
	return 0;
}
