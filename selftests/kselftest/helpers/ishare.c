// SPDX-License-Identifier: GPL-2.0
/*
 * ishare - an image of erofs whose files may share their pages with those of others
 *
 * An attribute of each file tells which files are the same; the superblock points to its
 * name. Tools that make such images are newer than the tests' own: the missing parts are
 * added here.
 */
#include <stdint.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "helper.h"

#define USAGE	"ishare mark FILE | patch IMAGE"
#define NAME	"same"		/* of the attribute, behind "user." */
#define USER	1		/* EROFS_XATTR_INDEX_USER */
#define SUPER	1024		/* where the superblock is */
#define BLOCK	4096

/* Offsets within the superblock, and features */
#define COMPAT		8
#define PREFIX_COUNT	91
#define PREFIX_START	92	/* in units of 4 bytes */
#define PREFIX_SHARED	105
#define HAS_CHECKSUM	0x01
#define HAS_SHARED	0x20

static void put(int fd, off_t at, const void *bytes, size_t len)
{
	if (pwrite(fd, bytes, len, at) != (ssize_t)len)
		fail("write");
}

static void patch(const char *image)
{
	static const struct {
		uint16_t len;
		uint8_t index;
		char name[sizeof(NAME) - 1];
	} __attribute__((packed)) prefix = { 1 + sizeof(NAME) - 1, USER, NAME };
	int fd = must_open(image, O_RDWR);
	uint8_t none = 0, one = 1;
	uint32_t compat, start;
	struct stat st;

	if (fstat(fd, &st) || pread(fd, &compat, sizeof(compat), SUPER + COMPAT) != sizeof(compat))
		fail(image);
	compat = (compat & ~HAS_CHECKSUM) | HAS_SHARED;
	start = (st.st_size + BLOCK - 1) / BLOCK * BLOCK;
	if (ftruncate(fd, start + BLOCK))
		fail(image);
	put(fd, start, &prefix, sizeof(prefix));
	start /= 4;
	put(fd, SUPER + COMPAT, &compat, sizeof(compat));
	put(fd, SUPER + PREFIX_COUNT, &one, 1);
	put(fd, SUPER + PREFIX_START, &start, sizeof(start));
	put(fd, SUPER + PREFIX_SHARED, &none, 1);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "patch"))
		patch(argv[2]);
	else if (argc != 3 || strcmp(argv[1], "mark"))
		usage(USAGE);
	else if (setxattr(argv[2], "user." NAME, "1", 1, 0))
		fail(argv[2]);
	return 0;
}
