// SPDX-License-Identifier: GPL-2.0
/*
 * interp - change the header of a loader after execve(2) has opened the loader, and have it as
 * it was before the loader is mapped; or do something else meanwhile
 *
 * Meanwhile execve(2) waits for another thread to end, which cannot: it writes to a
 * filesystem that is frozen.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <linux/fs.h>

#include "helper.h"

#define USAGE	"interp changed PROGRAM LOADER FOLDER    LOADER is open for writing, with another\n" \
		"    entry, until its header was read; FOLDER can be frozen. Ends as PROGRAM does\n" \
		"interp meanwhile PROGRAM COMMAND FOLDER    COMMAND is run when its loader is open\n" \
		"interp opened PROGRAM LOADER    LOADER is opened for writing before its header is read"

#define OFFSET	64	/* of the other entry */

static const char *program, *loader, *command;
static int frozen, writer = -1;

static void *write_frozen(void *to)
{
	pid_t tid = gettid();

	if (write(*(int *)to, &tid, sizeof(tid)) != sizeof(tid) || write(frozen, "", 1) != 1)
		fail("thread");
	return NULL;
}

static void begin(void)
{
	execl(program, program, NULL);
	fail(program);
}

static void begin_with_thread(int to, int go)
{
	pthread_t thread;
	char byte;

	if (pthread_create(&thread, NULL, write_frozen, &to) || read(go, &byte, 1) != 1)
		fail("thread");
	begin();
}

/* What follows WORD in a file of the child's thread */
static const char *status_of(pid_t pid, pid_t tid, const char *word)
{
	static char line[256];
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	in = fopen(path, "r");
	while (in && fgets(line, sizeof(line), in) && strncmp(line, word, strlen(word)))
		;
	if (!in)
		fail(path);
	fclose(in);
	return line + strlen(word);
}

static void wait_until_it_waits(pid_t pid, pid_t tid)
{
	while (!strchr(status_of(pid, tid, "State:"), 'D'))
		usleep(1000);
}

static void wait_until_killed(pid_t pid, pid_t tid)
{
	while (!(strtoull(status_of(pid, tid, "SigPnd:"), NULL, 16) & 1ULL << (SIGKILL - 1)))
		usleep(1000);
}

static void add_to_entry(int fd, long long offset)
{
	Elf64_Addr entry;
	const off_t at = offsetof(Elf64_Ehdr, e_entry);

	if (pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
		fail(loader);
	entry += offset;
	if (pwrite(fd, &entry, sizeof(entry), at) != sizeof(entry))
		fail(loader);
}

static int end_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* @meanwhile is called when the loader is open, and its header was read. */
static int begin_late(const char *folder, void (*meanwhile)(void))
{
	int ready[2], go[2];
	char path[256];
	pid_t pid, tid;

	snprintf(path, sizeof(path), "%s/waits", folder);
	frozen = must_open(path, O_WRONLY | O_CREAT);
	if (pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC) || ioctl(frozen, FIFREEZE, 0))
		fail(folder);
	if (writer >= 0)
		add_to_entry(writer, OFFSET);
	pid = fork();
	if (!pid) {
		close(writer);
		begin_with_thread(ready[1], go[0]);
	}
	if (read(ready[0], &tid, sizeof(tid)) != sizeof(tid))
		fail("thread");
	wait_until_it_waits(pid, tid);
	if (write(go[1], "", 1) != 1)
		fail("thread");
	wait_until_killed(pid, tid);
	meanwhile();
	if (ioctl(frozen, FITHAW, 0))
		fail(folder);
	return end_of(pid);
}

static void change_back(void)
{
	add_to_entry(writer, -OFFSET);
	close(writer);
}

static void run_command(void)
{
	if (system(command))
		fputs("the command failed\n", stderr);
}

/* execve(2) waits for us to give up the lease after it has opened the loader. */
static int opened(void)
{
	int fd = must_open(loader, O_RDONLY), status, other, error;
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fcntl(fd, F_SETLEASE, F_WRLCK))
		fail("lease");
	pid = fork();
	if (!pid) {
		close(fd);
		begin();
	}
	sigwaitinfo(&set, NULL);
	other = open(loader, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	error = errno;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	status = end_of(pid);
	/* Without a refusal it would wait for the lease, too */
	errno = error;
	if (other < 0 && errno != EWOULDBLOCK)
		fail(loader);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		usage(USAGE);
	program = argv[2];
	loader = argv[3];
	command = argv[3];
	if (argc == 5 && !strcmp(argv[1], "meanwhile"))
		return begin_late(argv[4], run_command);
	if (argc == 5 && !strcmp(argv[1], "changed")) {
		writer = must_open(loader, O_RDWR);
		return begin_late(argv[4], change_back);
	}
	if (argc != 4 || strcmp(argv[1], "opened"))
		usage(USAGE);
	return opened();
}
