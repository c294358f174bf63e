// SPDX-License-Identifier: GPL-2.0
/*
 * launch - execute a program, found or started in one of the less usual ways
 *
 * A failure is named with its errno, in any of the processes.
 */
#define _GNU_SOURCE
#include <libgen.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"launch empty-path|dirfd|map-files|scm|pidfd-getfd|handle|handle-alone FILE\n" \
		"launch vfork|clone-vm|spawn|thread|check FILE; launch euid"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK	0x10000
#endif

extern char **environ;
static char *argument[] = { NULL, NULL };
static const char *file;
static volatile int child_errno;	/* of a child that shares our memory */

static void execute(int fd)
{
	syscall(SYS_execveat, fd, "", argument, environ, AT_EMPTY_PATH);
	fail("execveat");
}

static void execute_below(void)
{
	char *copy = strdup(file);
	int dir = must_open(dirname(copy), O_RDONLY | O_DIRECTORY);

	syscall(SYS_execveat, dir, strrchr(file, '/') + 1, argument, environ, 0);
	fail("execveat");
}

/* The kernel's name for a file that somebody has mapped */
static void execute_mapped(void)
{
	char *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, must_open(file, O_RDONLY), 0);
	char name[96];

	if (at == MAP_FAILED)
		fail("mmap");
	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)at,
		 (unsigned long)at + 4096);
	execv(name, argument);
	fail(name);
}

/* --- descriptors that come from elsewhere --- */

static void send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = "", byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(socket, &msg, 0) != 1)
		fail("sendmsg");
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control, .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(socket, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		fail("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void execute_received(void)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		fail("socketpair");
	if (!fork()) {
		send_fd(sockets[1], must_open(file, O_RDONLY));
		_exit(0);
	}
	execute(receive_fd(sockets[0]));
}

static void execute_stolen(void)
{
	int pipes[2], theirs, pidfd, fd;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		fail("pipe");
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		theirs = must_open(file, O_RDONLY);
		if (write(pipes[1], &theirs, sizeof(theirs)) != sizeof(theirs))
			fail("write");
		close(1);
		close(2);
		for (;;)
			pause();
	}
	if (read(pipes[0], &theirs, sizeof(theirs)) != sizeof(theirs))
		fail("read");
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	fd = syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	if (fd < 0)
		fail("pidfd_getfd");
	execute(fd);
}

/* @alone: the name is forgotten before the handle is opened */
static void execute_handle(int alone)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} of = { .handle.handle_bytes = MAX_HANDLE_SZ };
	char *copy = strdup(file);
	int mount, dir, fd, i;

	if (name_to_handle_at(AT_FDCWD, file, &of.handle, &mount, 0))
		fail("name_to_handle_at");
	dir = must_open(dirname(copy), O_RDONLY | O_DIRECTORY);
	/* A recently used entry is forgotten only on request */
	for (i = 0; alone && i < 3; i++)
		if (write(must_open("/proc/sys/vm/drop_caches", O_WRONLY), "3", 1) != 1)
			fail("drop_caches");
	fd = open_by_handle_at(dir, &of.handle, O_RDONLY);
	if (fd < 0)
		fail("open_by_handle_at");
	execute(fd);
}

/* --- children --- */

static int execute_in_child(void *unused)
{
	(void)unused;
	execve(file, argument, environ);
	child_errno = errno;
	_exit(126);
}

static int end_as(pid_t pid)
{
	int status;

	if (pid < 0)
		fail("no child");
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	if (child_errno) {
		errno = child_errno;
		fail(file);
	}
	return !WIFEXITED(status) || WEXITSTATUS(status);
}

static int launch_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		execute_in_child(NULL);
	return end_as(pid);
}

static int launch_clone(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	return end_as(clone(execute_in_child, stack + sizeof(stack),
			    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
}

static int launch_spawn(void)
{
	pid_t pid = -1;

	child_errno = posix_spawn(&pid, file, NULL, NULL, argument, environ);
	if (child_errno) {
		errno = child_errno;
		fail(file);
	}
	return end_as(pid);
}

static void *execute_in_thread(void *unused)
{
	(void)unused;
	execve(file, argument, environ);
	fail(file);
}

/* A thread that is not the first executes: the others end, and it takes their place */
static int launch_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, execute_in_thread, NULL))
		fail("pthread_create");
	pthread_join(thread, NULL);
	return 1;
}

/* As an interpreter asks before it reads a script: nothing is executed */
static int check(void)
{
	if (!syscall(SYS_execveat, AT_FDCWD, file, argument, environ, AT_EXECVE_CHECK))
		return 0;
	fail("execveat");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (!strcmp(how, "euid")) {
		printf("%d\n", geteuid());
		return geteuid() != 0;
	}
	if (argc != 3)
		usage(USAGE);
	file = argv[2];
	argument[0] = argv[2];
	if (!strcmp(how, "empty-path"))
		execute(must_open(file, O_RDONLY));
	if (!strcmp(how, "dirfd"))
		execute_below();
	if (!strcmp(how, "map-files"))
		execute_mapped();
	if (!strcmp(how, "scm"))
		execute_received();
	if (!strcmp(how, "pidfd-getfd"))
		execute_stolen();
	if (!strncmp(how, "handle", 6))
		execute_handle(!strcmp(how, "handle-alone"));
	if (!strcmp(how, "vfork"))
		return launch_vfork();
	if (!strcmp(how, "clone-vm"))
		return launch_clone();
	if (!strcmp(how, "spawn"))
		return launch_spawn();
	if (!strcmp(how, "thread"))
		return launch_thread();
	if (!strcmp(how, "check"))
		return check();
	usage(USAGE);
}
