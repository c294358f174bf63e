// SPDX-License-Identifier: GPL-2.0
/*
 * uffd - put a page of one's own where a file is mapped executable
 *
 * userfaultfd fills missing pages, also of a mapping that is not writable. If that
 * succeeds, executable memory no longer has the bytes of the file: the program
 * reports it and ends well. Else it ends with the errno of the refusal.
 */
#define _GNU_SOURCE
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "helper.h"

#define USAGE	"uffd executable|readable FILE\n" \
		"  executable: it is mapped executable, then registered\n" \
		"  readable:   it is mapped readable, registered, then made executable"

#define PAGE	4096

static int open_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		fail("userfaultfd");
	if (ioctl(fd, UFFDIO_API, &api))
		fail("UFFDIO_API");
	return fd;
}

static void reg(int fd, char *at)
{
	struct uffdio_register what = {
		.range = { .start = (unsigned long)at, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (ioctl(fd, UFFDIO_REGISTER, &what))
		fail("UFFDIO_REGISTER");
}

static void fill(int fd, char *at, const char *with)
{
	struct uffdio_copy what = {
		.dst = (unsigned long)at, .src = (unsigned long)with, .len = PAGE,
	};

	if (ioctl(fd, UFFDIO_COPY, &what))
		fail("UFFDIO_COPY");
}

int main(int argc, char **argv)
{
	static char evil[PAGE] __attribute__((aligned(PAGE)));
	int readable, fd, file;
	char *at;

	if (argc != 3)
		usage(USAGE);
	readable = !strcmp(argv[1], "readable");
	fd = open_uffd();
	file = must_open(argv[2], O_RDONLY);
	/* So that it has been measured, and mprotect has an answer */
	if (mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED)
		fail("mmap");
	at = mmap(NULL, PAGE, readable ? PROT_READ : PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
	if (at == MAP_FAILED)
		fail("mmap");
	memset(evil, 'E', sizeof(evil));
	reg(fd, at);
	if (readable && mprotect(at, PAGE, PROT_READ | PROT_EXEC))
		fail("mprotect");
	fill(fd, at, evil);
	if (memcmp(at, evil, PAGE)) {
		fputs("the page is the file's\n", stderr);
		return 3;
	}
	puts("the executable page holds other bytes than the file");
	return 0;
}
