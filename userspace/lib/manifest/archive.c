// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - packages, archives and images: files that hold the files of a gateway
 *
 * Recognised by their first bytes. An image is not read: the files in it are listed from a
 * folder.
 */
#include <linux/kernel.h>
#include <string.h>
#include <unistd.h>

#include "lib/manifest/archive.h"

#define HEAD_SIZE 2048
#define COMPRESSED "a compressed tar archive"
#define NAME_IT "name it as PATH, without -r ROOT"

static const struct {
	size_t offset;
	const char *magic;
	size_t len;
	struct archive_kind kind;
} kinds[] = {
	{ 0, "!<arch>\ndebian-binary", 21, { "a Debian package", NAME_IT, UNARCHIVE_DEB } },
	{ 0, "hsqs", 4,
	  { "a squashfs image",
	    "unpack it with unsquashfs -d ROOT FILE, then: manifest build -r ROOT ... /",
	    UNARCHIVE_NONE } },
	{ 257, "ustar", 5, { "a tar archive", NAME_IT, UNARCHIVE_TAR } },
	{ 512, "EFI PART", 8,
	  { "an image of a disk with partitions",
	    "losetup -P -r -f --show FILE, mount a partition, then: "
	    "manifest build -r MOUNTPOINT ... /",
	    UNARCHIVE_NONE } },
	{ 1080, "\x53\xef", 2,
	  { "an image of an ext4 filesystem",
	    "mount -o ro,loop FILE MOUNTPOINT, then: manifest build -r MOUNTPOINT ... /",
	    UNARCHIVE_NONE } },
};

static const struct {
	const char *magic;
	size_t len;
	struct archive_kind kind;
} compressed[] = {
	{ "\x1f\x8b", 2, { COMPRESSED, NAME_IT, UNARCHIVE_TAR } },
	{ "\xfd\x37zXZ", 6, { COMPRESSED, NAME_IT, UNARCHIVE_TAR } },
	{ "\x28\xb5\x2f\xfd", 4, { COMPRESSED, NAME_IT, UNARCHIVE_TAR } },
	{ "BZh", 3, { COMPRESSED, NAME_IT, UNARCHIVE_TAR } },
	{ "\x04\x22\x4d\x18", 4, { COMPRESSED, NAME_IT, UNARCHIVE_TAR } },
};

/* Compressed files of other content are many, so that the name has to say it. */
static bool has_tar_name(const char *path)
{
	const char *name = strrchr(path, '/'), *dot;

	name = name ? name + 1 : path;
	dot = strrchr(name, '.');
	return strstr(name, ".tar.") || (dot && (!strcmp(dot, ".tgz") || !strcmp(dot, ".txz")));
}

static const struct archive_kind *find_compressed(const char *head, ssize_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(compressed); i++) {
		if (len >= (ssize_t)compressed[i].len &&
		    !memcmp(head, compressed[i].magic, compressed[i].len))
			return &compressed[i].kind;
	}
	return NULL;
}

/**
 * archive_kind_of() - is a file a package, an archive or an image?
 * @fd: open for reading; its position does not matter
 * @path: its name
 *
 * Return: its kind; NULL if it is none of those that are known.
 */
const struct archive_kind *archive_kind_of(int fd, const char *path)
{
	char head[HEAD_SIZE];
	ssize_t len = pread(fd, head, sizeof(head), 0);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (len >= (ssize_t)(kinds[i].offset + kinds[i].len) &&
		    !memcmp(head + kinds[i].offset, kinds[i].magic, kinds[i].len))
			return &kinds[i].kind;
	}
	return has_tar_name(path) ? find_compressed(head, len) : NULL;
}
