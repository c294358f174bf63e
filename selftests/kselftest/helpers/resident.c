// SPDX-License-Identifier: GPL-2.0
/*
 * resident - run code from a file while the disk below the file gets other bytes
 *
 * Each page of the file begins with a function that returns 7, and says whose it is. The
 * same pages are looked for on the disk, which is open as descriptor 3, and get a function that
 * returns 42. Then the pages in memory are to be lost in some way, and the functions called
 * again: as they were mapped before, and as they are mapped anew.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>

#include <linux/fs.h>

#include "code.h"
#include "helper.h"

#define USAGE	"resident make FILE NAME PAGES\n" \
		"resident spoil NAME    on descriptor 3: how many pages\n" \
		"resident run WAY FILE NAME    none drop fadvise pageout soft poison hard memory\n" \
		"    memory: of the control group with the file RESIDENT_RECLAIM; ends with 0 if nothing but what was listed ran\n" \
		"resident slack FILE    put code behind its end, by a shared mapping\n" \
		"resident patch FILE OFFSET    in its first block on descriptor 3, from standard input\n" \
		"resident cached FILE    how many of its pages are in memory\n" \
		"resident stale FILE    its pages may differ from its disk, since it is to be swap"

#define PAGE		4096UL
#define GONE		-1	/* SIGBUS */
#define DENIED		-2
#define DISK		3
#define NAME_AT		32	/* in the page */
#define NAME_MAX_LEN	32

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

static sigjmp_buf back;
static const char *path, *name;
static size_t pages;
static int fd;

static void on_bus_error(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

static int call(const char *at)
{
	if (sigsetjmp(back, 1))
		return GONE;
	return ((int (*)(void))at)();
}

static void make(const char *size)
{
	char page[PAGE] = "";
	long count = atol(size), i;
	int out = must_open(path, O_WRONLY | O_CREAT | O_TRUNC);

	memcpy(page, listed, sizeof(listed));
	snprintf(page + NAME_AT, NAME_MAX_LEN, "%s", name);
	for (i = 0; i < count; i++) {
		memcpy(page + PAGE - sizeof(i), &i, sizeof(i));
		if (write(out, page, PAGE) != (ssize_t)PAGE)
			fail(path);
	}
	if (fsync(out))
		fail(path);
}

/* The disk's own pages in memory may be older than the filesystem's writes to it. */
static int spoil(void)
{
	static char chunk[256 * PAGE];
	char wanted[NAME_MAX_LEN] = "";
	off_t pos = 0;
	ssize_t got, i;
	int found = 0;

	snprintf(wanted, sizeof(wanted), "%s", name);
	sync();
	ioctl(DISK, BLKFLSBUF, 0);
	while ((got = pread(DISK, chunk, sizeof(chunk), pos)) > 0) {
		for (i = 0; got - i >= (ssize_t)PAGE; i += 512) {
			if (memcmp(chunk + i, listed, sizeof(listed)) ||
			    memcmp(chunk + i + NAME_AT, wanted, NAME_MAX_LEN))
				continue;
			if (pwrite(DISK, other, sizeof(other), pos + i) != sizeof(other))
				fail("disk");
			found++;
		}
		pos += got;
	}
	if (fsync(DISK))
		fail("disk");
	return found;
}

static char *map(void)
{
	char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void write_text(const char *where, const char *text)
{
	int out = must_open(where, O_WRONLY);

	if (write(out, text, strlen(text)) < 0)
		printf("(%s: %s) ", where, strerror(errno));
	close(out);
}

static void offline(char *at)
{
	char text[32];
	uint64_t entry = 0;
	int map_fd = must_open("/proc/self/pagemap", O_RDONLY);

	call(at);
	if (pread(map_fd, &entry, 8, (uintptr_t)at / PAGE * 8) != 8)
		fail("pagemap");
	snprintf(text, sizeof(text), "0x%llx", (entry & ((1ULL << 55) - 1)) * 1ULL * PAGE);
	write_text("/sys/devices/system/memory/hard_offline_page", text);
}

/* The kernel takes back all that the control group can do without; it says so if that is less */
static void take_memory(void)
{
	int i, out = must_open(getenv("RESIDENT_RECLAIM"), O_WRONLY);

	for (i = 0; i < 4; i++)
		if (write(out, "64M", 3) < 0 && errno != EAGAIN)
			fail("memory.reclaim");
	close(out);
}

static void lose_pages(const char *way, char *at)
{
	size_t size = pages * PAGE;

	if (!strcmp(way, "poison"))
		madvise(at, PAGE, MADV_HWPOISON);
	else if (!strcmp(way, "soft"))
		madvise(at, PAGE, MADV_SOFT_OFFLINE);
	else if (!strcmp(way, "hard"))
		offline(at);
	else if (!strcmp(way, "pageout"))
		madvise(at, size, MADV_PAGEOUT);
	madvise(at, size, MADV_DONTNEED);
	if (!strcmp(way, "drop"))
		write_text("/proc/sys/vm/drop_caches", "3");
	else if (!strcmp(way, "fadvise"))
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	else if (!strcmp(way, "memory"))
		take_memory();
}

/* The worst result of all pages */
static int call_all(const char *at)
{
	int worst = LISTED;
	size_t i;

	if (!at)
		return DENIED;
	for (i = 0; i < pages; i++) {
		int value = call(at + i * PAGE);

		if (value == OTHER)
			return OTHER;
		if (value != LISTED)
			worst = value;
	}
	return worst;
}

static const char *text_of(int value)
{
	return value == LISTED ? "listed" : value == GONE ? "SIGBUS" :
	       value == DENIED ? "denied" : "other";
}

static int run(const char *way)
{
	int held, fresh, found;
	char *at;

	fd = must_open(path, O_RDONLY);
	pages = lseek(fd, 0, SEEK_END) / PAGE;
	signal(SIGBUS, on_bus_error);
	at = map();
	if (!at)
		fail(path);
	if (call_all(at) != LISTED) {
		puts("it does not run at the beginning");
		return 3;
	}
	found = strcmp(name, "-") ? spoil() : 0;
	lose_pages(way, at);
	held = call_all(at);
	fresh = call_all(map());
	printf("%d pages of the disk changed; mapped before: %s; anew: %s\n", found, text_of(held),
	       text_of(fresh));
	if (!found && strcmp(name, "-"))
		return 3;
	return held == OTHER || fresh == OTHER;
}

static int write_slack(void)
{
	int rw = must_open(path, O_RDWR);
	off_t size = lseek(rw, 0, SEEK_END), last = size / PAGE * PAGE;
	size_t at = (size - last + 63) / 16 * 16;
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rw, last);

	if (page == MAP_FAILED)
		fail(path);
	memcpy(page + at, other, sizeof(other));
	munmap(page, PAGE);
	close(rw);
	rw = must_open(path, O_RDONLY);
	page = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, rw, last);
	if (page == MAP_FAILED)
		fail(path);
	if (memcmp(page + at, other, sizeof(other))) {
		puts("what was behind the end is gone");
		return 0;
	}
	printf("what is behind the end returns %d\n", call(page + at));
	return 1;
}

/* Below the filesystem, so that the page of the file in memory stays unchanged. */
static void patch(off_t offset)
{
	int file = must_open(path, O_RDONLY), size, block = 0;
	char bytes[PAGE];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

	sync();
	if (got <= 0 || ioctl(file, FIGETBSZ, &size) || ioctl(file, FIBMAP, &block) || !block)
		fail(path);
	ioctl(DISK, BLKFLSBUF, 0);
	if (pwrite(DISK, bytes, got, (off_t)block * size + offset) != got || fsync(DISK))
		fail("disk");
}

/* It is no swap area, but the kernel opens it before it finds that out. */
static int make_stale(void)
{
	if (!swapon(path, 0) || errno != EINVAL)
		fail("swapon");
	return 0;
}

static int count_cached(void)
{
	unsigned char there[1024] = "";
	size_t count = 0, i;

	fd = must_open(path, O_RDONLY);
	pages = (lseek(fd, 0, SEEK_END) + PAGE - 1) / PAGE;
	if (pages > sizeof(there) ||
	    mincore(mmap(NULL, pages * PAGE, PROT_READ, MAP_PRIVATE, fd, 0), pages * PAGE, there))
		fail(path);
	for (i = 0; i < pages; i++)
		count += there[i] & 1;
	printf("%zu pages in memory\n", count);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		usage(USAGE);
	path = argv[2];
	name = argv[argc > 3 ? 3 : 2];
	if (!strcmp(argv[1], "slack") && argc == 3)
		return write_slack();
	if (!strcmp(argv[1], "make") && argc == 5) {
		make(argv[4]);
		return 0;
	}
	if (!strcmp(argv[1], "spoil") && argc == 3)
		return !printf("%d\n", spoil());
	if (!strcmp(argv[1], "patch") && argc == 4) {
		patch(atol(argv[3]));
		return 0;
	}
	if (!strcmp(argv[1], "cached") && argc == 3)
		return count_cached();
	if (!strcmp(argv[1], "stale") && argc == 3)
		return make_stale();
	path = argv[3];
	if (strcmp(argv[1], "run") || argc != 5)
		usage(USAGE);
	name = argv[4];
	return run(argv[2]);
}
