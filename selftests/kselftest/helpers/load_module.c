// SPDX-License-Identifier: GPL-2.0
/*
 * load_module - give the kernel code of its own, by each of the system calls there are
 */
#define _GNU_SOURCE
#include <linux/kexec.h>
#include <linux/module.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "helper.h"

#define USAGE	"load_module finit|compressed|init|memfd|kexec-file FILE\n" \
		"load_module kexec|remove NAME\n" \
		"load_module parameters FILE TEXT"

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

static int copy_to_memfd(const char *from)
{
	int fd = memfd_create("module", 0);

	if (fd < 0)
		fail("memfd_create");
	copy_bytes(must_open(from, O_RDONLY), fd);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void init_from_memory(const char *path)
{
	int fd = must_open(path, O_RDONLY);
	struct stat st;
	void *data;

	if (fstat(fd, &st))
		fail(path);
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED || syscall(SYS_init_module, data, st.st_size, ""))
		fail("init_module");
}

static void finit(int fd, int flags)
{
	if (syscall(SYS_finit_module, fd, "", flags))
		fail("finit_module");
}

int main(int argc, char **argv)
{
	const char *how = argv[1], *path = argv[2];

	if (argc == 4 && !strcmp(how, "parameters")) {
		if (syscall(SYS_finit_module, must_open(path, O_RDONLY), argv[3], 0))
			fail(argv[3]);
		return 0;
	}
	if (argc != 3)
		usage(USAGE);
	if (!strcmp(how, "finit")) {
		finit(must_open(path, O_RDONLY), 0);
	} else if (!strcmp(how, "compressed")) {
		finit(must_open(path, O_RDONLY), MODULE_INIT_COMPRESSED_FILE);
	} else if (!strcmp(how, "memfd")) {
		finit(copy_to_memfd(path), 0);
	} else if (!strcmp(how, "init")) {
		init_from_memory(path);
	} else if (!strcmp(how, "remove")) {
		if (syscall(SYS_delete_module, path, O_NONBLOCK))
			fail(path);
	} else if (!strcmp(how, "kexec")) {
		if (syscall(SYS_kexec_load, 0, 0, NULL, 0))
			fail("kexec_load");
	} else if (!strcmp(how, "kexec-file")) {
		if (syscall(SYS_kexec_file_load, must_open(path, O_RDONLY), -1, 1, "",
			    KEXEC_FILE_NO_INITRAMFS))
			fail("kexec_file_load");
	} else {
		usage(USAGE);
	}
	return 0;
}
