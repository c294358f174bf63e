// SPDX-License-Identifier: GPL-2.0
/*
 * kill_latency - start a program, kill it while the kernel reads it, and tell
 * how many milliseconds it took to die
 */
#include <signal.h>
#include <sys/wait.h>

#include "helper.h"

int main(int argc, char **argv)
{
	long long killed;
	int status;
	pid_t pid;

	if (argc != 3)
		usage("kill_latency PROGRAM MILLISECONDS");
	pid = fork();
	if (!pid) {
		execv(argv[1], argv + 1);
		_exit(126);
	}
	usleep(atoi(argv[2]) * 1000);
	if (waitpid(pid, &status, WNOHANG) == pid) {
		puts("ended before");
		return 1;
	}
	killed = now_ms();
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("%lld\n", now_ms() - killed);
	return 0;
}
