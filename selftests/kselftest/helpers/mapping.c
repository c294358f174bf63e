// SPDX-License-Identifier: GPL-2.0
/*
 * mapping - map a file and change the mapping, one step after the other
 *
 * The first step that fails is named, with its errno, and ends the program.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/io_uring.h>

#include "helper.h"

#define USAGE	"mapping FILE|memfd:FILE|secret:|uring: STEP...\n" \
		"  reopen-rw close direct personality shmat shmat-read write private:PROT\n" \
		"  shared:PROT protect:PROT pkey:PROT grow duplicate leave remap hold\n" \
		"  read execute run:COMMAND;\n" \
		"  PROT of the letters r, w and x"

#define LENGTH	4096

static int file = -1;
static char *at;

static int protection(const char *letters)
{
	return (strchr(letters, 'r') ? PROT_READ : 0) | (strchr(letters, 'w') ? PROT_WRITE : 0) |
	       (strchr(letters, 'x') ? PROT_EXEC : 0);
}

static int open_memfd(const char *from)
{
	int in = must_open(from, O_RDONLY), out = memfd_create("copy", 0);

	if (out < 0)
		fail("memfd_create");
	copy_bytes(in, out);
	close(in);
	return out;
}

/* Memory that the kernel itself does not see, and memory that it shares with us */
static int open_secret(void)
{
	int fd = syscall(SYS_memfd_secret, 0);

	if (fd < 0)
		fail("memfd_secret");
	if (ftruncate(fd, LENGTH))
		fail("ftruncate");
	return fd;
}

static int open_uring(void)
{
	struct io_uring_params params = { 0 };
	int fd = syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0)
		fail("io_uring_setup");
	return fd;
}

static int open_object(const char *name)
{
	if (!strncmp(name, "memfd:", 6))
		return open_memfd(name + 6);
	if (!strcmp(name, "secret:"))
		return open_secret();
	if (!strcmp(name, "uring:"))
		return open_uring();
	return must_open(name, O_RDONLY);
}

static void attach_shm(int flags)
{
	int id = shmget(IPC_PRIVATE, LENGTH, IPC_CREAT | 0700);
	void *where;

	if (id < 0)
		fail("shmget");
	where = shmat(id, NULL, flags);
	shmctl(id, IPC_RMID, NULL);
	if (where == (void *)-1)
		fail("shmat");
}

static void map(const char *step, int flags, const char *letters)
{
	at = mmap(NULL, LENGTH, protection(letters), flags, file, 0);
	if (at == MAP_FAILED)
		fail(step);
}

static void protect_by_key(const char *step, const char *letters)
{
	/* -1 if the processor has no keys: only the system call matters */
	if (pkey_mprotect(at, LENGTH, protection(letters), pkey_alloc(0, 0)))
		fail(step);
}

/* @old_length 0: the pages of a shared mapping a second time; the first goes */
static void move(const char *step, size_t old_length, size_t length, int flags)
{
	char *old = at;

	at = mremap(old, old_length, length, flags | MREMAP_MAYMOVE, NULL);
	if (at == MAP_FAILED)
		fail(step);
	if (!old_length)
		munmap(old, LENGTH);
}

static int take_step_of_moving(const char *step)
{
	if (!strcmp(step, "grow"))
		move(step, LENGTH, 4 * LENGTH, 0);
	else if (!strcmp(step, "duplicate"))
		move(step, 0, LENGTH, 0);
	else if (!strcmp(step, "leave"))
		move(step, LENGTH, LENGTH, MREMAP_DONTUNMAP);
	else if (!strcmp(step, "remap"))
		return remap_file_pages(at, LENGTH, 0, 0, 0) ? -1 : 1;
	else
		return 0;
	return 1;
}

/* The other access modes of the descriptor */
static int take_step_of_using(const char *step)
{
	char *const arguments[] = { "mapping", NULL }, byte;

	if (!strcmp(step, "read")) {
		if (pread(file, &byte, 1, 0) != 1)
			fail(step);
	} else if (!strcmp(step, "execute")) {
		syscall(SYS_execveat, file, "", arguments, environ, AT_EMPTY_PATH);
		fail(step);
	} else if (!strncmp(step, "run:", 4)) {
		if (system(step + 4))
			fail(step);
	} else {
		return 0;
	}
	return 1;
}

static void take_step(const char *path, const char *step)
{
	if (take_step_of_using(step))
		return;

	if (!strncmp(step, "private:", 8)) {
		map(step, MAP_PRIVATE, step + 8);
	} else if (!strncmp(step, "shared:", 7)) {
		map(step, MAP_SHARED, step + 7);
	} else if (!strncmp(step, "protect:", 8)) {
		if (mprotect(at, LENGTH, protection(step + 8)))
			fail(step);
	} else if (!strcmp(step, "write")) {
		*(volatile char *)at ^= 1;
	} else if (!strcmp(step, "reopen-rw")) {
		close(file);
		file = must_open(path, O_RDWR);
	} else if (!strcmp(step, "direct")) {
		close(file);
		file = must_open(path, O_RDONLY | O_DIRECT);
	} else if (!strcmp(step, "close")) {
		close(file);
	} else if (!strcmp(step, "personality")) {
		if (personality(personality(0xffffffff) | READ_IMPLIES_EXEC) < 0)
			fail(step);
	} else if (!strcmp(step, "shmat")) {
		attach_shm(SHM_RDONLY | SHM_EXEC);
	} else if (!strcmp(step, "shmat-read")) {
		attach_shm(SHM_RDONLY);
	} else if (!strncmp(step, "pkey:", 5)) {
		protect_by_key(step, step + 5);
	} else if (!strcmp(step, "hold")) {
		hold();
	} else {
		switch (take_step_of_moving(step)) {
		case 0:
			usage(USAGE);
		case -1:
			fail(step);
		}
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		usage(USAGE);
	file = open_object(argv[1]);
	for (i = 2; i < argc; i++)
		take_step(argv[1], argv[i]);
	return 0;
}
