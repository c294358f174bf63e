// SPDX-License-Identifier: GPL-2.0
/*
 * sealed - execute or map a copy of a file in a memory file that was sealed
 *
 * SEALS: letters of w(rite) g(row) s(hrink) f(uture write), S(eal), and - for none; h: in
 * huge pages. HOW:
 *	exec	execute it, with the arguments
 *	map	map it executable
 *	protect	map it, then make the mapping executable
 *	open	execute it while it is open for writing under its name in /proc
 *	held	keep a writable shared mapping while it is sealed, then execute it
 *	hole	try to punch a hole, to write and to truncate, then execute it
 *	later	execute it before it is sealed, then again
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "helper.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif

static int seals_of(const char *letters)
{
	static const struct {
		char letter;
		int seal;
	} all[] = {
		{ 'w', F_SEAL_WRITE }, { 'g', F_SEAL_GROW }, { 's', F_SEAL_SHRINK },
		{ 'f', F_SEAL_FUTURE_WRITE }, { 'S', F_SEAL_SEAL },
	};
	unsigned int i;
	int seals = 0;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strchr(letters, all[i].letter))
			seals |= all[i].seal;
	return seals;
}

static int copy_to_memory(const char *path, unsigned int flags)
{
	int from = must_open(path, O_RDONLY);
	int fd = memfd_create("copy", MFD_ALLOW_SEALING | flags);
	struct stat st;
	void *to;

	if (fd < 0 || fstat(from, &st))
		fail("memfd_create");
	if (flags)	/* huge pages have a size of their own, and are not written */
		st.st_size = (st.st_size | ((2 << 20) - 1)) + 1;
	if (ftruncate(fd, st.st_size))
		fail("ftruncate");
	to = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (to == MAP_FAILED || read(from, to, st.st_size) <= 0)
		fail("copy");
	munmap(to, st.st_size);
	return fd;
}

static void seal(int fd, int seals)
{
	if (fcntl(fd, F_ADD_SEALS, seals))
		fail("seal");
}

static void execute(int fd, char **argv)
{
	fexecve(fd, argv, environ);
	fail("fexecve");
}

static void *must_map(int fd, int prot, int flags)
{
	void *at = mmap(NULL, 4096, prot, flags, fd, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

static int open_again(int fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_RDWR);
}

static void must_not(int worked, const char *what)
{
	if (worked) {
		fprintf(stderr, "%s worked\n", what);
		exit(3);
	}
}

static void try_to_change(int fd)
{
	must_not(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), "a hole");
	must_not(pwrite(fd, "x", 1, 0) == 1, "writing");
	must_not(!ftruncate(fd, 1) || !ftruncate(fd, 1 << 20), "truncating");
	must_not(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED,
		 "mapping");
	must_not(!mprotect(must_map(fd, PROT_READ, MAP_SHARED), 4096, PROT_READ | PROT_WRITE),
		 "making a mapping writable");
}

/* In a child: whether it is permitted then is not the question. */
static void execute_before(int fd, char **argv)
{
	if (!fork())
		execute(fd, argv);
	wait(NULL);
}

int main(int argc, char **argv)
{
	const char *letters = argc > 3 ? argv[2] : "", *how = argc > 3 ? argv[3] : "";
	int fd, seals = seals_of(letters);

	if (argc < 4)
		usage("sealed FILE SEALS HOW [ARG...]");
	fd = copy_to_memory(argv[1], strchr(letters, 'h') ? MFD_HUGETLB : 0);
	if (!strcmp(how, "held"))
		must_map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (!strcmp(how, "later"))
		execute_before(fd, argv + 3);
	if (seals)
		seal(fd, seals);
	if (!strcmp(how, "open") && open_again(fd) < 0)
		fail("open");
	if (!strcmp(how, "hole"))
		try_to_change(fd);
	if (!strcmp(how, "map")) {
		must_map(fd, PROT_READ | PROT_EXEC, MAP_PRIVATE);
	} else if (!strcmp(how, "protect")) {
		if (mprotect(must_map(fd, PROT_READ, MAP_PRIVATE), 4096, PROT_READ | PROT_EXEC))
			fail("mprotect");
	} else {
		argv[3] = argv[1];
		execute(fd, argv + 3);
	}
	return 0;
}
