// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - a crew of threads that does the same work for each of many things
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "lib/base/crew.h"

#define THREADS_MAX	16		/* each may need the memory to unpack a module */
#define STACK_SIZE	(1024 * 1024)
#define WATCH_STEP	200000000	/* ns between two calls of @watch */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* threads, failed */
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;		/* a thread has ended */

/* A number that was taken is worked on, so that none below one that failed is left out. */
static bool next_number(struct crew *crew, size_t *at)
{
	if (__atomic_load_n(&crew->stopped, __ATOMIC_RELAXED))
		return false;
	*at = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED);
	return *at < crew->count;
}

static void *run(void *argument)
{
	struct crew *crew = argument;
	void *tools = crew->begin(crew);
	size_t at;

	while (tools && next_number(crew, &at)) {
		if (!crew->work(crew, tools, at))
			__atomic_store_n(&crew->stopped, true, __ATOMIC_RELAXED);
	}
	if (tools)
		crew->end(tools);
	pthread_mutex_lock(&lock);
	crew->failed |= !tools;
	crew->threads--;
	pthread_cond_signal(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* As many as the processors that this process may use, and things to do. */
static size_t threads_wanted(const struct crew *crew)
{
	size_t wanted = THREADS_MAX;
	cpu_set_t cpus;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus) && (size_t)CPU_COUNT(&cpus) < wanted)
		wanted = CPU_COUNT(&cpus);
	return crew->count < wanted ? crew->count : wanted;
}

/* Return: how many were started. */
static size_t start(struct crew *crew, pthread_t threads[THREADS_MAX], size_t wanted)
{
	pthread_attr_t attr;

	if (pthread_attr_init(&attr))
		return 0;
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	while (crew->threads < wanted) {
		if (pthread_create(&threads[crew->threads], &attr, run, crew))
			break;
		crew->threads++;
	}
	pthread_attr_destroy(&attr);
	return crew->threads;
}

static void wait_until_ended(struct crew *crew)
{
	struct timespec until;

	while (crew->threads) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WATCH_STEP;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&ended, &lock, &until);
		if (crew->watch)
			crew->watch(crew);
	}
}

/**
 * crew_run() - do the work for all things
 * @crew: its functions and @count set, the rest zero
 *
 * Once @work returned false for a number, some above it may be left out, and none below it.
 *
 * Return: false if the tools of some thread could not be made.
 */
bool crew_run(struct crew *crew)
{
	pthread_t threads[THREADS_MAX];
	size_t started, i;

	pthread_mutex_lock(&lock);
	started = start(crew, threads, threads_wanted(crew));
	wait_until_ended(crew);
	pthread_mutex_unlock(&lock);
	/* A thread's end releases OpenSSL's state of it, which must precede that of the program. */
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (!started && crew->count) {
		crew->threads = 1;
		run(crew);
	}
	return !crew->failed;
}
