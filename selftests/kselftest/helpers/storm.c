// SPDX-License-Identifier: GPL-2.0
/*
 * storm - execute a program and map a library over and over, and count failures
 */
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"storm SECONDS TASKS PROGRAM LIBRARY; SIGTERM ends it earlier"

struct counts {
	int runs;
	int maps;
	int failures;
	int first_errno;
};

extern char **environ;
static volatile sig_atomic_t stop;
static struct counts *counts;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void note_failure(int error)
{
	if (!__atomic_fetch_add(&counts->failures, 1, __ATOMIC_RELAXED))
		counts->first_errno = error;
}

static void run_once(char *program)
{
	char *const argv[] = { program, NULL };
	int status = 0;
	pid_t pid;
	int err = posix_spawn(&pid, program, NULL, NULL, argv, environ);

	if (!err)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (err || !WIFEXITED(status) || WEXITSTATUS(status))
		note_failure(err);
	__atomic_fetch_add(&counts->runs, 1, __ATOMIC_RELAXED);
}

static void map_once(const char *library)
{
	int fd = open(library, O_RDONLY | O_CLOEXEC);
	void *at;

	if (fd < 0) {
		note_failure(errno);
		return;
	}
	at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		note_failure(errno);
	else
		munmap(at, 4096);
	close(fd);
	__atomic_fetch_add(&counts->maps, 1, __ATOMIC_RELAXED);
}

static void rage(char *program, const char *library, long long until)
{
	while (!stop && now_ms() < until) {
		run_once(program);
		map_once(library);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_term };
	long long until;
	pid_t tasks[64];
	int i, n;

	if (argc != 5)
		usage(USAGE);
	until = now_ms() + atoi(argv[1]) * 1000LL;
	n = atoi(argv[2]);
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	sigaction(SIGTERM, &action, NULL);
	/* The program's words are nobody's business */
	if (dup2(must_open("/dev/null", O_WRONLY), 9) < 0)
		fail("dup2");
	for (i = 0; i < n && i < 64; i++) {
		tasks[i] = fork();
		if (!tasks[i]) {
			dup2(9, 1);
			rage(argv[3], argv[4], until);
			_exit(0);
		}
	}
	while (!stop && now_ms() < until)
		usleep(20000);
	for (i = 0; i < n && i < 64; i++) {
		kill(tasks[i], SIGTERM);
		while (waitpid(tasks[i], NULL, 0) < 0 && errno == EINTR)
			;
	}
	printf("runs %d maps %d failures %d (%s)\n", counts->runs, counts->maps, counts->failures,
	       counts->failures ? strerror(counts->first_errno) : "none");
	return counts->failures != 0;
}
