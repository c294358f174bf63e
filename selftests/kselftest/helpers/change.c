// SPDX-License-Identifier: GPL-2.0
/*
 * change - change a file, in one of the ways there are
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>

#include "helper.h"

#define USAGE	"change write|ftruncate|truncate|extend|open-truncate|read-truncate|punch|map FILE\n" \
		"change hold-open|hold-map|hold-append FILE"

static off_t size_of(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		fail(path);
	return st.st_size;
}

/* Another last byte; a program still starts with it */
static void flip_last_byte(int fd, off_t size)
{
	char byte;

	if (pread(fd, &byte, 1, size - 1) != 1)
		fail("read");
	byte ^= 1;
	if (pwrite(fd, &byte, 1, size - 1) != 1)
		fail("write");
}

static char *map_shared(int fd, off_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	close(fd);
	return at;
}

int main(int argc, char **argv)
{
	const char *how, *path;
	off_t size;

	if (argc != 3)
		usage(USAGE);
	how = argv[1];
	path = argv[2];
	size = size_of(path);
	if (!strcmp(how, "write")) {
		flip_last_byte(must_open(path, O_RDWR), size);
	} else if (!strcmp(how, "ftruncate")) {
		if (ftruncate(must_open(path, O_WRONLY), size - 1))
			fail(path);
	} else if (!strcmp(how, "truncate")) {
		if (truncate(path, size - 1))
			fail(path);
	} else if (!strcmp(how, "extend")) {
		if (truncate(path, size + 4096))
			fail(path);
	} else if (!strcmp(how, "open-truncate")) {
		must_open(path, O_WRONLY | O_TRUNC);
	} else if (!strcmp(how, "read-truncate")) {
		must_open(path, O_RDONLY | O_TRUNC);
	} else if (!strcmp(how, "punch")) {
		if (fallocate(must_open(path, O_RDWR), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      0, size))
			fail(path);
	} else if (!strcmp(how, "map")) {
		map_shared(must_open(path, O_RDWR), size)[size - 1] ^= 1;
	} else if (!strcmp(how, "hold-open")) {
		must_open(path, O_RDWR);
		hold();
	} else if (!strcmp(how, "hold-append")) {
		must_open(path, O_WRONLY | O_APPEND);
		hold();
	} else if (!strcmp(how, "hold-map")) {
		map_shared(must_open(path, O_RDWR), size);
		hold();
	} else {
		usage(USAGE);
	}
	return 0;
}
