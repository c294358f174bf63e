// SPDX-License-Identifier: GPL-2.0
/*
 * stale - swap to a file: its blocks get other bytes while its old pages stay in memory
 *
 * The measured bytes are in memory and stay as they were; bytes read from the disk
 * later differ. The pages are held until this is killed.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/swap.h>

#include "helper.h"

#define USAGE	"stale FILE"

#define PAGE	4096

static const char *path;
static size_t pages;

/* All pages of the file, read into memory and kept there */
static char *hold_pages(void)
{
	int fd = must_open(path, O_RDONLY);
	char *at;

	pages = lseek(fd, 0, SEEK_END) / PAGE;
	at = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED || mlock(at, pages * PAGE))
		fail(path);
	return at;
}

static void write_first_page(const void *data)
{
	int fd = must_open(path, O_WRONLY);

	if (write(fd, data, PAGE) != PAGE || fsync(fd))
		fail(path);
	close(fd);
}

static size_t swapped_pages(void)
{
	char line[512];
	size_t size, used = 0;
	FILE *swaps = fopen("/proc/swaps", "r");

	if (!swaps)
		fail("/proc/swaps");
	while (fgets(line, sizeof(line), swaps))
		if (!strncmp(line, path, strlen(path)))
			sscanf(line + strlen(path), " file %zu %zu", &size, &used);
	fclose(swaps);
	return used * 1024 / PAGE;
}

/* Memory of ours goes to the area, and so to the blocks of the file */
static void swap_out(void)
{
	char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int tries;

	if (memory == MAP_FAILED)
		fail("mmap");
	madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
	memset(memory, 'x', pages * PAGE);
	for (tries = 0; tries < 100 && swapped_pages() < pages / 2; tries++) {
		if (madvise(memory, pages * PAGE, MADV_PAGEOUT))
			fail("madvise");
		usleep(50000);
	}
	if (swapped_pages() < pages / 2) {
		fprintf(stderr, "only %zu of %zu pages were swapped out\n", swapped_pages(), pages);
		exit(3);
	}
	sync();
}

static void swap_to_file(void)
{
	static char first[PAGE], header[PAGE];
	char *held = hold_pages();
	unsigned int *numbers = (unsigned int *)(header + 1024);

	memcpy(first, held, PAGE);
	memcpy(header, held, 1024);
	numbers[0] = 1;			/* version */
	numbers[1] = pages - 1;		/* last page */
	memcpy(header + PAGE - 10, "SWAPSPACE2", 10);
	write_first_page(header);
	if (swapon(path, 0))
		fail("swapon");
	swap_out();
	if (swapoff(path))
		fail("swapoff");
	write_first_page(first);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		usage(USAGE);
	path = argv[1];
	swap_to_file();
	hold();
}
