// SPDX-License-Identifier: GPL-2.0
/*
 * stretch - how long the kernel keeps a processor without letting others run
 *
 * usage: stretch manifest NAME VERSION COUNT PATH_BYTES
 *            a manifest on stdout, each path of so many bytes
 *        stretch write FILE TO
 *            write FILE to TO in one write(2), and print the longest time, in ns, that
 *            a thread of highest priority had to wait for the processor meanwhile, and in
 *            the 8 seconds after it, in which memory is given back. Ends as write(2) did
 *
 * Where the guest counts instructions, a nanosecond is one.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "helper.h"

#define PERIOD	100000	/* ns between two looks */
#define AFTER	8	/* seconds */

static atomic_bool over;
static long long longest;

static void *watch(void *unused)
{
	const struct timespec period = { .tv_nsec = PERIOD };
	long long from, took;

	while (!over) {
		from = now_ns();
		nanosleep(&period, NULL);
		took = now_ns() - from;
		if (took > longest)
			longest = took;
	}
	return unused;
}

static pthread_t begin_watching(void)
{
	const struct sched_param param = { .sched_priority = 50 };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	if (pthread_create(&thread, &attr, watch, NULL))
		fail("no thread of high priority");
	return thread;
}

static char *read_whole(const char *name, size_t *size)
{
	int fd = must_open(name, O_RDONLY);
	size_t done = 0;
	struct stat st;
	ssize_t got;
	char *data;

	if (fstat(fd, &st))
		fail(name);
	*size = st.st_size;
	data = malloc(*size + 1);
	if (!data)
		fail("no memory");
	while (done < *size) {
		got = read(fd, data + done, *size - done);
		if (got <= 0)
			fail(name);
		done += got;
	}
	close(fd);
	return data;
}

static int write_watched(const char *name, const char *to)
{
	size_t size;
	char *data = read_whole(name, &size);
	int fd = must_open(to, O_WRONLY);
	pthread_t thread;
	ssize_t written;

	mlockall(MCL_CURRENT | MCL_FUTURE);
	thread = begin_watching();
	written = write(fd, data, size);
	if (written < 0)
		perror(to);
	sleep(AFTER);
	over = true;
	pthread_join(thread, NULL);
	printf("%lld\n", longest - PERIOD);
	return written != (ssize_t)size;
}

static void print_manifest(const char *name, const char *version, unsigned int count, int bytes)
{
	unsigned int i;

	printf("riv-manifest 1\nname: %s\nversion: %s\ncount: %u\n", name, version, count);
	for (i = 0; i < count; i++)
		printf("sha256:%08x%056x %u exec,mmap /%0*u\n", i * 2654435761u, i + 1, i + 1,
		       bytes - 1, i);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "manifest"))
		print_manifest(argv[2], argv[3], strtoul(argv[4], NULL, 10), atoi(argv[5]));
	else if (argc != 4 || strcmp(argv[1], "write"))
		usage("stretch manifest NAME VERSION COUNT PATH_BYTES | write FILE TO");
	return argc == 4 ? write_watched(argv[2], argv[3]) : 0;
}
