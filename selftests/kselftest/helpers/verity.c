// SPDX-License-Identifier: GPL-2.0
/*
 * verity - have fs-verity enabled for a file while a page in memory becomes another
 *
 * The kernel hashes the page, then reads it from its disk again, which says something else by
 * then, and compares it with nothing: fs-verity is not enabled yet. The file has a hole, so
 * that hashing it takes some time.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/fs.h>
#include <linux/fsverity.h>

#include "code.h"
#include "helper.h"

#define USAGE	"verity make FILE    with a function in its first page\n" \
		"verity enable FILE    its disk is open as descriptor 3\n" \
		"verity call FILE    say what the function is\n" \
		"verity mend FILE    the disk says again what it said at first"

#define PAGE	4096UL
#define SIZE	(256UL << 20)
#define HASHED	(4UL << 20)	/* when so much is in memory the first page has been hashed */
#define DISK	3

static const char *path;
static sigjmp_buf back;

static void on_bus_error(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

static void make(void)
{
	int fd = must_open(path, O_RDWR | O_CREAT | O_TRUNC);
	char page[PAGE] = "";

	memcpy(page, listed, sizeof(listed));
	if (write(fd, page, PAGE) != (ssize_t)PAGE || ftruncate(fd, SIZE) || fsync(fd))
		fail(path);
}

static off_t offset_of(int fd)
{
	int size, block = 0;

	if (ioctl(fd, FIGETBSZ, &size) || ioctl(fd, FIBMAP, &block) || !block)
		fail(path);
	return (off_t)block * size;
}

static void write_disk(off_t at, const unsigned char *code, size_t len)
{
	ioctl(DISK, BLKFLSBUF, 0);
	if (pwrite(DISK, code, len, at) != (ssize_t)len || fsync(DISK))
		fail("disk");
}

static void *enable(void *arg)
{
	struct fsverity_enable_arg how = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = PAGE,
	};

	if (ioctl(*(int *)arg, FS_IOC_ENABLE_VERITY, &how))
		fail("fs-verity");
	return NULL;
}

static void wait_until_hashed(char *at)
{
	unsigned char there = 0;

	while (!(there & 1)) {
		usleep(1000);
		if (mincore(at + HASHED, PAGE, &there))
			fail("mincore");
	}
}

static int enable_meanwhile(void)
{
	int fd = must_open(path, O_RDONLY);
	char *at = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0), page[PAGE];
	off_t on_disk = offset_of(fd);
	pthread_t thread;

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (at == MAP_FAILED || pthread_create(&thread, NULL, enable, &fd))
		fail(path);
	wait_until_hashed(at);
	write_disk(on_disk, other, sizeof(other));
	posix_fadvise(fd, 0, HASHED / 2, POSIX_FADV_DONTNEED);
	if (pread(fd, page, PAGE, 0) != (ssize_t)PAGE)
		fail(path);
	pthread_join(thread, NULL);
	puts(memcmp(page, other, sizeof(other)) ? "it stayed in memory" : "it was read again");
	return 0;
}

static int call(void)
{
	int fd = must_open(path, O_RDONLY), value;
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		fail(path);
	signal(SIGBUS, on_bus_error);
	if (sigsetjmp(back, 1)) {
		puts("SIGBUS");
		return 0;
	}
	value = ((int (*)(void))at)();
	puts(value == LISTED ? "listed" : value == OTHER ? "other" : "something else");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage(USAGE);
	path = argv[2];
	if (!strcmp(argv[1], "make"))
		make();
	else if (!strcmp(argv[1], "enable"))
		return enable_meanwhile();
	else if (!strcmp(argv[1], "call"))
		return call();
	else if (!strcmp(argv[1], "mend"))
		write_disk(offset_of(must_open(path, O_RDONLY)), listed, sizeof(listed));
	else
		usage(USAGE);
	return 0;
}
