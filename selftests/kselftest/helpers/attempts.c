// SPDX-License-Identifier: GPL-2.0
/*
 * attempts - try many times to execute a refused file, and count by errno
 *
 * A refused execve(2) returns, so one process makes all attempts. %d in the path
 * becomes the number of the attempt.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "helper.h"

#define USAGE	"attempts COUNT PATH [THREADS]"

static const char *pattern;
static int count, threads = 1;
static int refused;
/* While one thread is in execve(2), the kernel makes no others: first all are made */
static pthread_barrier_t all_there;

static void *attempt_all(void *arg)
{
	char *const argv[] = { "attempt", NULL };
	char path[4096];
	int i;

	pthread_barrier_wait(&all_there);
	for (i = (long)arg; i < count; i += threads) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), pattern, i);
#pragma GCC diagnostic pop
		execv(path, argv);
		if (errno != EACCES)
			fail(path);
		__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[16];
	long long start = now_ms();
	long i;

	if (argc < 3)
		usage(USAGE);
	count = atoi(argv[1]);
	pattern = argv[2];
	if (argc > 3)
		threads = atoi(argv[3]);
	if (threads < 1 || threads > 16)
		usage(USAGE);
	pthread_barrier_init(&all_there, NULL, threads);
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, attempt_all, (void *)i))
			fail("pthread_create");
	while (i--)
		pthread_join(thread[i], NULL);
	printf("refused %d ms %lld\n", refused, now_ms() - start);
	return 0;
}
