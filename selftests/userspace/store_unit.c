// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - keeping one piece of evidence, for evidence.test.sh to check and to kill amid it
 *
 * Arguments: STORE FILE UID BYTES FAILED. The entry has the digest of the file FAILED. With DISK in
 * the environment, the disk counts as one of so many bytes, DISK_FREE of them free.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/manifest/measure.h"
#include "rivetd/store.h"

static unsigned long long number(const char *name)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 10) : 0;
}

/* In the place of that of the C library. Without DISK, it is one of unknown size. */
int fstatvfs(int fd, struct statvfs *fs)
{
	*fs = (struct statvfs){
		.f_frsize = 1, .f_blocks = number("DISK"), .f_bavail = number("DISK_FREE"),
	};
	return 0;
}

static int find_digest(const char *path, struct rivet_digest *digest)
{
	struct measurement m;
	struct err err = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || measure_fd(fd, path, &m, &err))
		return -1;
	*digest = m.whole;
	return close(fd);
}

int main(int argc, char **argv)
{
	struct rivet_quarantined entry = {
		.id = 7, .reason = RIVET_REASON_MISMATCH, .policy = "gw", .named = true,
		.path = { .ptr = "/opt/x", .len = 6 },
	};
	struct err err = { 0 };
	bool is_other;
	int file, ret;

	if (argc != 6)
		return 99;
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (file < 0 || find_digest(argv[5], &entry.digest))
		return 99;
	entry.uid = strtoul(argv[3], NULL, 10);
	ret = store_keep(argv[1], strtoull(argv[4], NULL, 10), &entry, file, &is_other, &err);
	if (err.text[0])
		fprintf(stderr, "%s\n", err.text);
	if (is_other)
		puts("other bytes");
	return ret;
}
