// SPDX-License-Identifier: GPL-2.0
/*
 * writes - write a file's bytes to another in a given way
 */
#include <sys/uio.h>

#include "helper.h"

#define USAGE	"writes whole|empty|halves|vector|at-offset FILE TO, writes zeros TO COUNT"

static char *load(const char *path, size_t *len)
{
	int fd = must_open(path, O_RDONLY);
	char *data;

	*len = lseek(fd, 0, SEEK_END);
	data = malloc(*len + 1);
	if (!data || pread(fd, data, *len, 0) != (ssize_t)*len)
		fail(path);
	close(fd);
	return data;
}

static void check(ssize_t got, size_t wanted)
{
	if (got < 0)
		fail("write");
	if ((size_t)got != wanted) {
		fprintf(stderr, "wrote %zd of %zu\n", got, wanted);
		exit(3);
	}
}

static void write_zeros(const char *to, size_t count)
{
	char *data = calloc(1, count ? count : 1);

	if (!data)
		fail("calloc");
	check(write(must_open(to, O_WRONLY), data, count), count);
	exit(0);
}

int main(int argc, char **argv)
{
	struct iovec iov[2];
	size_t len;
	char *data;
	int fd;

	if (argc != 4)
		usage(USAGE);
	if (!strcmp(argv[1], "zeros"))
		write_zeros(argv[2], strtoull(argv[3], NULL, 0));
	data = load(argv[2], &len);
	fd = must_open(argv[3], O_WRONLY);
	if (!strcmp(argv[1], "whole")) {
		check(write(fd, data, len), len);
	} else if (!strcmp(argv[1], "empty")) {
		check(write(fd, data, 0), 0);
	} else if (!strcmp(argv[1], "halves")) {
		check(write(fd, data, len / 2), len / 2);
		check(write(fd, data + len / 2, len - len / 2), len - len / 2);
	} else if (!strcmp(argv[1], "at-offset")) {
		check(pwrite(fd, data, len, 100), len);
	} else if (!strcmp(argv[1], "vector")) {
		iov[0] = (struct iovec){ data, len / 2 };
		iov[1] = (struct iovec){ data + len / 2, len - len / 2 };
		check(writev(fd, iov, 2), len);
	} else {
		usage(USAGE);
	}
	return 0;
}
