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
#include <endian.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/swap.h>

#include <linux/fs.h>
#include <scsi/sg.h>

#include "code.h"
#include "helper.h"

#define USAGE	"resident make FILE NAME PAGES\n" \
		"resident spoil NAME    on descriptor 3: how many pages\n" \
		"resident run WAY FILE NAME    none drop fadvise pageout soft poison hard memory\n" \
		"    memory: of the control group with the file RESIDENT_RECLAIM; ends with 0 if nothing but what was listed ran\n" \
		"resident ways FOLDER NAME WAY...    the same for FOLDER/WAY, named 'NAME WAY': a line each\n" \
		"    also: compact flush removed readonly frozen, and to run: swap\n" \
		"    With RESIDENT_COMMAND that is run, and descriptor 3 is not spoiled; with\n" \
		"    RESIDENT_SCSI it is by SCSI commands\n" \
		"resident slack FILE    put code behind its end, by a shared mapping\n" \
		"resident patch FILE OFFSET    in its first block on descriptor 3, from standard input\n" \
		"resident cached FILE    how many of its pages are in memory\n" \
		"resident stale FILE    its pages may differ from its disk, since it is to be swap"

#define PAGE		4096UL
#define GONE		-1	/* SIGBUS */
#define DENIED		-2
#define DISK		3
#define SECTOR		512
#define WAYS_MAX	20
#define NAME_AT		32	/* in the page */
#define NAME_MAX_LEN	32

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

static sigjmp_buf back;
static volatile bool calling;
static const char *path, *name, *folder;
static size_t pages;
static int fd;

/* A page whose memory fails is told of at once if the kernel cannot take it away. */
static void on_bus_error(int number)
{
	(void)number;
	if (calling)
		siglongjmp(back, 1);
}

static int call(const char *at)
{
	int value = GONE;

	calling = true;
	if (!sigsetjmp(back, 1))
		value = ((int (*)(void))at)();
	calling = false;
	return value;
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

/* WRITE(10), of which no filesystem hears */
static void write_by_command(off_t pos)
{
	unsigned char sector[SECTOR], sense[32], command[10] = { 0x2a };
	uint32_t number = htobe32(pos / SECTOR);
	sg_io_hdr_t io = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_TO_DEV,
		.cmd_len = sizeof(command), .cmdp = command, .dxfer_len = SECTOR, .dxferp = sector,
		.mx_sb_len = sizeof(sense), .sbp = sense, .timeout = 10000,
	};

	memcpy(command + 2, &number, sizeof(number));
	command[8] = 1;
	if (pread(DISK, sector, SECTOR, pos) != SECTOR)
		fail("disk");
	memcpy(sector, other, sizeof(other));
	if (ioctl(DISK, SG_IO, &io) || io.status)
		fail("SG_IO");
}

static void write_other(off_t pos)
{
	if (getenv("RESIDENT_SCSI"))
		write_by_command(pos);
	else if (pwrite(DISK, other, sizeof(other), pos) != sizeof(other))
		fail("disk");
}

/* The file has the name itself, or one that begins with it as a word */
static bool has_name(const char *page)
{
	const char *at = page + NAME_AT;
	size_t len = strlen(name);

	return !memcmp(at, name, len) && (!at[len] || at[len] == ' ');
}

/* The next page of a file in some bytes of the disk, or NULL. Squashfs does not align them. */
static char *find_page(char *from, const char *end)
{
	char *at;

	while ((at = memmem(from, end - from, listed, sizeof(listed)))) {
		if (end - at < (ssize_t)PAGE)
			return NULL;
		if (has_name(at))
			return at;
		from = at + 1;
	}
	return NULL;
}

/* The disk's own pages in memory may be older than the filesystem's writes to it. */
static int spoil(void)
{
	static char chunk[256 * PAGE];
	off_t pos = 0;
	ssize_t got;
	int found = 0;
	char *at;

	if (getenv("RESIDENT_COMMAND"))
		return !system(getenv("RESIDENT_COMMAND"));
	sync();
	ioctl(DISK, BLKFLSBUF, 0);
	while ((got = pread(DISK, chunk, sizeof(chunk), pos)) >= (ssize_t)PAGE) {
		for (at = chunk; (at = find_page(at, chunk + got)); at++) {
			write_other(pos + (at - chunk));
			memcpy(at, other, sizeof(other));
			found++;
		}
		pos += got - PAGE + 1;
	}
	if (!getenv("RESIDENT_SCSI") && fsync(DISK))
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

/* What happens to the filesystem or its disk loses no page by itself. */
static void drop_beside(const char *way)
{
	int result = 0;

	if (!strcmp(way, "flush"))
		result = ioctl(DISK, BLKFLSBUF, 0);
	else if (!strcmp(way, "removed"))
		result = unlink(path);
	else if (!strcmp(way, "readonly"))
		result = mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL);
	else if (!strcmp(way, "frozen"))
		result = ioctl(must_open(folder, O_RDONLY), FIFREEZE, 0);
	else
		return;
	if (result)
		printf("(%s: %s) ", way, strerror(errno));
	write_text("/proc/sys/vm/drop_caches", "3");
}

/* What is not possible, or was not done, is not undone either. */
static void undo(const char *way)
{
	if (!strcmp(way, "readonly"))
		mount(NULL, folder, NULL, MS_REMOUNT, NULL);
	else if (!strcmp(way, "frozen"))
		ioctl(must_open(folder, O_RDONLY), FITHAW, 0);
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
	else if (!strcmp(way, "pageout") || !strcmp(way, "swap"))
		madvise(at, size, MADV_PAGEOUT);
	madvise(at, size, MADV_DONTNEED);
	if (!strcmp(way, "drop"))
		write_text("/proc/sys/vm/drop_caches", "3");
	else if (!strcmp(way, "fadvise"))
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	else if (!strcmp(way, "memory"))
		take_memory();
	else if (!strcmp(way, "compact"))
		write_text("/proc/sys/vm/compact_memory", "1");
	else
		drop_beside(way);
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

/* Maps and calls it; ends the program if that is not what is listed. */
static char *begin(void)
{
	char *at;

	fd = must_open(path, O_RDONLY);
	pages = lseek(fd, 0, SEEK_END) / PAGE;
	at = map();
	if (!at)
		fail(path);
	if (call_all(at) != LISTED) {
		printf("%s does not run at the beginning\n", path);
		exit(3);
	}
	return at;
}

static int call_again(const char *at)
{
	int held = call_all(at), fresh = call_all(map());

	printf("mapped before: %s; anew: %s\n", text_of(held), text_of(fresh));
	fflush(stdout);
	return held == OTHER || fresh == OTHER;
}

static int run(const char *way)
{
	char *at = begin();
	bool swaps = !strcmp(way, "swap"), spoils = strcmp(name, "-");
	int found = spoils && !swaps ? spoil() : 0;

	lose_pages(way, at);
	/* What was swapped out stays in memory, too, until that is wanted. */
	if (swaps) {
		found = spoil();
		take_memory();
	}
	printf("%d pages of the disk changed; ", found);
	if (call_again(at))
		return 1;
	return !found && spoils && !swaps ? 3 : 0;
}

/* The disk is searched once for all of them. */
static int run_ways(char **ways, int count)
{
	struct {
		char path[256];
		int fd;
		char *at;
	} files[WAYS_MAX];
	int i;

	for (i = 0; i < count && i < WAYS_MAX; i++) {
		snprintf(files[i].path, sizeof(files[i].path), "%s/%s", folder, ways[i]);
		path = files[i].path;
		files[i].at = begin();
		files[i].fd = fd;
	}
	printf("%d pages of the disk changed\n", spoil());
	count = i;
	for (i = 0; i < count; i++) {
		path = files[i].path;
		fd = files[i].fd;
		printf("%s: ", ways[i]);
		lose_pages(ways[i], files[i].at);
		call_again(files[i].at);
		undo(ways[i]);
	}
	return 0;
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
	signal(SIGBUS, on_bus_error);
	if (!strcmp(argv[1], "ways") && argc > 4) {
		folder = argv[2];
		return run_ways(argv + 4, argc - 4);
	}
	path = argv[3];
	if (strcmp(argv[1], "run") || argc != 5)
		usage(USAGE);
	name = argv[4];
	return run(argv[2]);
}
