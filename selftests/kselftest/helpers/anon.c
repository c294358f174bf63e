// SPDX-License-Identifier: GPL-2.0
/*
 * anon - execute a copy of a program that has no name, or by other means than its name
 */
#define _GNU_SOURCE
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "helper.h"

#define USAGE	"anon memfd|sealed|proc-fd|path-fd FILE, anon tmpfile FILE DIR, anon deleted FILE NAME\n" \
		"anon pass FILE COMMAND...: gives it a memory file with the bytes as descriptor 9"

static char *const argument[] = { "hello", NULL };
extern char **environ;

static void execute(int fd)
{
	syscall(SYS_execveat, fd, "", argument, environ, AT_EMPTY_PATH);
	fail("execveat");
}

/* A descriptor for reading only: the kernel refuses to execute a file open for writing */
static int reopen(int fd)
{
	char name[64];
	int again;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	again = must_open(name, O_RDONLY);
	close(fd);
	return again;
}

static int copy_to(const char *from, int to)
{
	if (to < 0)
		fail("copy");
	copy_bytes(must_open(from, O_RDONLY), to);
	return to;
}

static int make_memfd(const char *from, int seals)
{
	int fd = copy_to(from, memfd_create("hello", MFD_ALLOW_SEALING));

	if (seals && fcntl(fd, F_ADD_SEALS, seals))
		fail("seal");
	return fd;
}

static int make_deleted(const char *from, const char *name)
{
	int fd = copy_to(from, must_open(name, O_RDWR | O_CREAT | O_EXCL));
	int reader = reopen(fd);

	if (unlink(name))
		fail(name);
	return reader;
}

static void execute_proc_fd(const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", open(path, O_RDONLY));
	execv(name, argument);
	fail(name);
}

static void pass(const char *from, char **command)
{
	if (dup2(make_memfd(from, 0), 9) < 0)
		fail("dup2");
	execv(command[0], command);
	fail(command[0]);
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";

	if (!strcmp(how, "memfd"))
		execute(make_memfd(argv[2], 0));
	if (!strcmp(how, "sealed"))
		execute(make_memfd(argv[2], F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK));
	if (!strcmp(how, "proc-fd"))
		execute_proc_fd(argv[2]);
	if (!strcmp(how, "path-fd"))
		execute(must_open(argv[2], O_PATH));
	if (!strcmp(how, "tmpfile") && argc == 4)
		execute(reopen(copy_to(argv[2], must_open(argv[3], O_TMPFILE | O_RDWR))));
	if (!strcmp(how, "deleted") && argc == 4)
		execute(make_deleted(argv[2], argv[3]));
	if (!strcmp(how, "pass") && argc > 3)
		pass(argv[2], argv + 3);
	usage(USAGE);
}
