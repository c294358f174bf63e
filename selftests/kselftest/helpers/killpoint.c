// SPDX-License-Identifier: GPL-2.0
/*
 * killpoint - kill a program just before its N-th system call
 *
 * Ends with 0 if the program was killed there, or with 3 if it ended before: then there is no
 * such point. Counts from the start of the program, its loader included.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"killpoint N COMMAND..."
#define SYSCALL_STOP	(SIGTRAP | 0x80)

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid)
		return pid;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		fail("ptrace");
	execvp(*command, command);
	fail(*command);
}

/* Until the next stop; false if the program has ended */
static int go_on(pid_t pid, int signal, int *stop)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal))
		fail("ptrace");
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	if (!WIFSTOPPED(status))
		return 0;
	*stop = WSTOPSIG(status);
	return 1;
}

int main(int argc, char **argv)
{
	long left, half = 0;
	int stop, status, signal = 0;
	pid_t pid;

	if (argc < 3)
		usage(USAGE);
	left = strtol(argv[1], NULL, 10);
	pid = start(argv + 2);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 3;
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (long)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)))
		fail("ptrace");
	while (go_on(pid, signal, &stop)) {
		signal = stop == SYSCALL_STOP ? 0 : stop;
		/* Each system call stops twice: before and after */
		if (signal || half++ % 2)
			continue;
		if (--left > 0)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return 0;
	}
	return 3;
}
