// SPDX-License-Identifier: GPL-2.0
/*
 * race - a writer against those who map a file executable
 *
 * The file is listed with one content: all bytes GOOD. The writer opens it again
 * and again, makes it EVIL and GOOD again, each time in another way. The mappers
 * map it executable: whenever that succeeds, every byte is GOOD and stays so as
 * long as the mapping is there. With the writer gone, each mapping succeeds.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"race FILE SECONDS; race make FILE"
#define SIZE	(2 * 4096)
#define GOOD	'G'
#define EVIL	'E'
#define MAPPERS	2

static char good[SIZE], evil[SIZE];
static const char *path;
static int stop;
static int pausing;	/* mappers leave the file to the writer for a while */
static struct {
	int mapped;	/* mappings that were permitted */
	int refused;
	int wrong;	/* permitted, with a byte that is not GOOD */
	int writes;	/* that the writer could open */
	int kept_out;	/* and that it could not */
} counts;

static void add(int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Not counted as a writer before the kernel truncates */
static int truncate_reading(void)
{
	int fd = open(path, O_RDONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 && errno != ETXTBSY)
		fail("open to truncate");
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* Leaves the file GOOD unless truncated on the way, which the next one repairs */
static void write_once(unsigned int round)
{
	int fd, flags = round % 4 == 2 ? O_TRUNC : 0;
	char *at;

	if (round % 8 == 3 && truncate(path, 100))
		add(&counts.kept_out);
	if (round % 8 == 5 && truncate_reading())
		add(&counts.kept_out);
	fd = open(path, O_RDWR | O_CLOEXEC | flags);
	if (fd < 0) {
		if (errno != ETXTBSY)
			fail("open for writing");
		add(&counts.kept_out);
		return;
	}
	add(&counts.writes);
	if (pwrite(fd, evil, SIZE, 0) != SIZE)
		fail("write");
	if (round % 2) {
		at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (at == MAP_FAILED)
			fail("mmap for writing");
		close(fd);
		memcpy(at, evil, SIZE);
		sched_yield();
		memcpy(at, good, SIZE);
		munmap(at, SIZE);
		return;
	}
	sched_yield();
	if (pwrite(fd, good, SIZE, 0) != SIZE)
		fail("write");
	close(fd);
}

static void *write_on(void *arg)
{
	unsigned int round;

	(void)arg;
	for (round = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); round++) {
		write_once(round);
		if (round % 5 == 0)
			usleep(round % 1000);
	}
	return NULL;
}

/* Mapped bytes are compared when mapped, and again while they stay mapped */
static int map_once(unsigned int round)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), i;
	char *at = MAP_FAILED;

	if (fd >= 0)
		at = mmap(NULL, SIZE, PROT_READ | PROT_EXEC, round % 2 ? MAP_SHARED : MAP_PRIVATE,
			  fd, 0);
	if (at == MAP_FAILED) {
		if (errno != EACCES)
			fail("mmap");
		close(fd);
		return 0;
	}
	close(fd);
	for (i = 0; i < 4; i++) {
		if (memcmp(at, good, SIZE)) {
			add(&counts.wrong);
			break;
		}
		if (i)
			sched_yield();
	}
	munmap(at, SIZE);
	return 1;
}

static void *map_on(void *arg)
{
	unsigned int round;

	(void)arg;
	for (round = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); round++) {
		while (__atomic_load_n(&pausing, __ATOMIC_RELAXED))
			usleep(1000);
		add(map_once(round) ? &counts.mapped : &counts.refused);
	}
	return NULL;
}

/* So that the writer gets in however the scheduler has it, and is met there */
static void let_them_meet(int seconds)
{
	int i;

	for (i = 0; i < 4 * seconds; i++) {
		usleep(200 * 1000);
		__atomic_store_n(&pausing, 1, __ATOMIC_RELAXED);
		usleep(50 * 1000);
		__atomic_store_n(&pausing, 0, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
}

static void make(const char *name)
{
	int fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC);

	if (write(fd, good, SIZE) != SIZE)
		fail(name);
	exit(0);
}

/* The file ends GOOD, so that nothing but a false denial can refuse it */
static void restore(void)
{
	int fd = must_open(path, O_RDWR | O_TRUNC);

	if (write(fd, good, SIZE) != SIZE)
		fail(path);
	close(fd);
}

int main(int argc, char **argv)
{
	pthread_t writer, mappers[MAPPERS];
	int i, false_denials = 0;

	memset(good, GOOD, SIZE);
	memset(evil, EVIL, SIZE);
	if (argc != 3)
		usage(USAGE);
	if (!strcmp(argv[1], "make"))
		make(argv[2]);
	path = argv[1];
	pthread_create(&writer, NULL, write_on, NULL);
	for (i = 0; i < MAPPERS; i++)
		pthread_create(&mappers[i], NULL, map_on, NULL);
	let_them_meet(atoi(argv[2]));
	pthread_join(writer, NULL);
	for (i = 0; i < MAPPERS; i++)
		pthread_join(mappers[i], NULL);
	restore();
	for (i = 0; i < 1000; i++)
		false_denials += !map_once(i);
	printf("mapped %d refused %d wrong %d writes %d kept-out %d false-denials %d\n",
	       counts.mapped, counts.refused, counts.wrong, counts.writes, counts.kept_out,
	       false_denials);
	return counts.wrong || false_denials;
}
