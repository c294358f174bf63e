// SPDX-License-Identifier: GPL-2.0
/*
 * linger - does a file run on after its mapping is gone, or no longer executable?
 *
 * One thread removes the mapping, or makes it readable, in one call with thousands of
 * others: the processors are told at the end of it. Meanwhile another runs the file, and
 * writes to it as soon as it may. It must then run the mapped bytes, or nothing.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "code.h"
#include "helper.h"

#define USAGE	"linger FILE munmap|mprotect; linger make FILE\n" \
		"  ends with 3 if something else ran"

#define PAGE	4096
#define OTHERS	8000	/* mappings */
#define RAN	3	/* exit status */

static const char *file;
static char *area;	/* the file, then the others */
static volatile int running, over;
static int ran, written;
static sigjmp_buf back;

static void on_fault(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void call(void)
{
	ran |= ((int (*)(void))area)() == OTHER;
}

static void *run_and_write(void *unused)
{
	int fd;

	stay_on(1);
	if (sigsetjmp(back, 1))
		return unused;
	while (!over) {
		call();
		running = 1;
		fd = open(file, O_WRONLY | O_CLOEXEC);
		if (fd < 0 && errno != ETXTBSY)
			fail(file);
		if (fd < 0)
			continue;
		if (pwrite(fd, other, sizeof(other), 0) != sizeof(other))
			fail("pwrite");
		written = 1;
		close(fd);
		call();
		return unused;
	}
	return unused;
}

static void map(const char *what, size_t at, int prot)
{
	int fd = must_open(what, O_RDONLY);

	if (mmap(area + at * PAGE, PAGE, prot, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
		fail("mmap");
	close(fd);
}

/* The others are of one page of another file, so that no two become one */
static void map_all(int others)
{
	size_t i;

	area = mmap(NULL, (OTHERS + 1) * PAGE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		fail("mmap");
	map(file, 0, PROT_READ | PROT_EXEC);
	for (i = 1; i <= OTHERS; i++)
		map("/proc/self/exe", i, others);
}

static int make(void)
{
	static char page[PAGE];
	int fd = must_open(file, O_RDWR | O_CREAT | O_TRUNC);

	memcpy(page, listed, sizeof(listed));
	if (write(fd, page, sizeof(page)) != sizeof(page))
		fail(file);
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int unmaps;

	if (argc != 3)
		usage(USAGE);
	file = argv[2];
	if (!strcmp(argv[1], "make"))
		return make();
	file = argv[1];
	unmaps = !strcmp(argv[2], "munmap");
	signal(SIGSEGV, on_fault);
	map_all(unmaps ? PROT_READ : PROT_READ | PROT_WRITE);
	stay_on(0);
	if (pthread_create(&thread, NULL, run_and_write, NULL))
		fail("pthread_create");
	while (!running)
		sched_yield();
	if (unmaps ? munmap(area, (OTHERS + 1) * PAGE) :
		     mprotect(area, (OTHERS + 1) * PAGE, PROT_READ))
		fail(argv[2]);
	over = 1;
	pthread_join(thread, NULL);
	printf("%s, %s\n", written ? "written to" : "kept out", ran ? "ran" : "did not run");
	return ran ? RAN : 0;
}
