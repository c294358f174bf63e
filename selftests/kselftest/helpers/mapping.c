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

#include "helper.h"

#define USAGE	"mapping FILE|memfd:FILE STEP...\n" \
		"  reopen-rw close direct personality shmat write private:PROT shared:PROT\n" \
		"  protect:PROT hold; PROT of the letters r, w and x"

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

static void attach_shm(void)
{
	int id = shmget(IPC_PRIVATE, LENGTH, IPC_CREAT | 0700);
	void *where;

	if (id < 0)
		fail("shmget");
	where = shmat(id, NULL, SHM_RDONLY | SHM_EXEC);
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

static void take_step(const char *path, const char *step)
{
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
		attach_shm();
	} else if (!strcmp(step, "hold")) {
		hold();
	} else {
		usage(USAGE);
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		usage(USAGE);
	file = strncmp(argv[1], "memfd:", 6) ? must_open(argv[1], O_RDONLY) :
					       open_memfd(argv[1] + 6);
	for (i = 2; i < argc; i++)
		take_step(argv[1], argv[i]);
	return 0;
}
