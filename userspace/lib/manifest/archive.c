// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - packages, archives and images: files that hold the files of a gateway
 *
 * Recognised by their first bytes. They are not read: the files in them are listed from a
 * folder.
 */
#include <linux/kernel.h>
#include <string.h>
#include <unistd.h>

#include "lib/manifest/archive.h"

#define HEAD_SIZE 2048

static const struct {
	size_t offset;
	const char *magic;
	size_t len;
	struct archive_kind kind;
} kinds[] = {
	{ 0, "!<arch>\ndebian-binary", 21,
	  { "a Debian package",
	    "unpack it with dpkg-deb -x FILE ROOT, then: manifest build -r ROOT ... /" } },
	{ 0, "hsqs", 4,
	  { "a squashfs image",
	    "unpack it with unsquashfs -d ROOT FILE, then: manifest build -r ROOT ... /" } },
	{ 257, "ustar", 5,
	  { "a tar archive",
	    "unpack it with tar -xf FILE -C ROOT, then: manifest build -r ROOT ... /" } },
	{ 512, "EFI PART", 8,
	  { "an image of a disk with partitions",
	    "losetup -P -r -f --show FILE, mount a partition, then: "
	    "manifest build -r MOUNTPOINT ... /" } },
	{ 1080, "\x53\xef", 2,
	  { "an image of an ext4 filesystem",
	    "mount -o ro,loop FILE MOUNTPOINT, then: manifest build -r MOUNTPOINT ... /" } },
};

/**
 * archive_kind_of() - is a file a package, an archive or an image?
 * @fd: open for reading; its position does not matter
 *
 * Return: its kind; NULL if it is none of those that are known.
 */
const struct archive_kind *archive_kind_of(int fd)
{
	char head[HEAD_SIZE];
	ssize_t len = pread(fd, head, sizeof(head), 0);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (len >= (ssize_t)(kinds[i].offset + kinds[i].len) &&
		    !memcmp(head + kinds[i].offset, kinds[i].magic, kinds[i].len))
			return &kinds[i].kind;
	}
	return NULL;
}
