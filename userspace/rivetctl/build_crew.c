// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - examining the files of a manifest on all processors
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_crew.h"
#include "lib/base/crew.h"

#define FIRST_PROGRESS	1.0	/* seconds before progress is shown */
#define FILE_COST	16384	/* bytes that are measured in the time to open a file */
#define USED_FILE_MAX	(4LL << 30)	/* bytes, as the kernel verifies */
#define USED_ALL_MAX	(64ULL << 30)	/* bytes of all files that users chose */
#define TIME_TEXT_MAX	32	/* size of a duration as text */

/**
 * struct build_crew - examining in progress
 * @crew: must be first
 * @build: the files
 * @lock: of @failed_at and @failure
 * @failed_at: number of the first file that failed, in the order of the files
 * @failure: its error
 * @bytes: bytes of the files that were taken, of all
 * @total_bytes: bytes of all files
 * @taken: files that were taken
 */
struct build_crew {
	struct crew crew;
	struct build *build;
	pthread_mutex_t lock;
	size_t failed_at;
	struct err failure;
	uint64_t bytes;
	uint64_t total_bytes;
	size_t taken;
};

static struct build_crew *build_crew_of(struct crew *crew)
{
	return (struct build_crew *)crew;
}

static void *begin(struct crew *crew)
{
	return measurer_new(build_crew_of(crew)->build->digests);
}

static void end(void *tools)
{
	measurer_free(tools);
}

static int examine_found(struct build *build, struct measurer *measurer, struct build_file *file,
			 struct err *err)
{
	int fd, ret;

	fd = walk_open(&build->walk, file->path, err);
	if (fd < 0)
		return err->code;
	ret = build_file_examine(file, build->options, measurer, fd, err);
	close(fd);
	return ret;
}

/* The kernel verifies no larger file without fs-verity, and a user can make one for nothing. */
static bool may_measure(struct build *build, int fd)
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size > USED_FILE_MAX)
		return false;
	return __atomic_add_fetch(&build->used_bytes, st.st_size, __ATOMIC_RELAXED) <=
	       USED_ALL_MAX;
}

static int try_used(struct build *build, struct measurer *measurer, struct build_file *file,
		    struct err *err)
{
	int fd = walk_open(&build->walk, file->path, err), ret = EXIT_CONFIG;

	if (fd < 0)
		return err->code;
	if (may_measure(build, fd))
		ret = build_file_examine(file, build->options, measurer, fd, err);
	close(fd);
	return ret;
}

/* A file that a user may have chosen ends nothing: without uses it is not listed. */
static int examine_used(struct build *build, struct measurer *measurer, struct build_file *file,
			struct err *err)
{
	struct err reason = { 0 };
	int ret = try_used(build, measurer, file, &reason);

	file->examined = true;
	if (!ret)
		return EXIT_OK;
	file->kind = 0;
	file->extra = 0;
	if (ret == EXIT_OTHER)
		*err = reason;
	return ret == EXIT_OTHER ? ret : EXIT_OK;
}

static int examine(struct build *build, struct measurer *measurer, struct build_file *file,
		   struct err *err)
{
	if (file->examined)
		return EXIT_OK;
	return file->used ? examine_used(build, measurer, file, err) :
			    examine_found(build, measurer, file, err);
}

/* The same error whichever thread comes first: all files before this one are examined too. */
static void note_failure(struct build_crew *crew, size_t at, const struct err *err)
{
	pthread_mutex_lock(&crew->lock);
	if (at < crew->failed_at) {
		crew->failed_at = at;
		crew->failure = *err;
	}
	pthread_mutex_unlock(&crew->lock);
}

static bool work(struct crew *base, void *tools, size_t at)
{
	struct build_crew *crew = build_crew_of(base);
	struct build_file *file = &crew->build->found.items[at];
	struct err err = { 0 };
	int ret;

	ret = examine(crew->build, tools, file, &err);
	if (ret)
		note_failure(crew, at, &err);
	__atomic_fetch_add(&crew->bytes, file->size, __ATOMIC_RELAXED);
	__atomic_fetch_add(&crew->taken, 1, __ATOMIC_RELAXED);
	return !ret;
}

static const char *time_text(double seconds, char buf[TIME_TEXT_MAX])
{
	unsigned long s = seconds + 0.5;

	if (s < 60)
		snprintf(buf, TIME_TEXT_MAX, "%lu s", s);
	else if (s < 3600)
		snprintf(buf, TIME_TEXT_MAX, "%lu min %lu s", s / 60, s % 60);
	else
		snprintf(buf, TIME_TEXT_MAX, "%lu h %lu min", s / 3600, s / 60 % 60);
	return buf;
}

static void show_progress(struct crew *base)
{
	struct build_crew *crew = build_crew_of(base);
	uint64_t bytes = __atomic_load_n(&crew->bytes, __ATOMIC_RELAXED);
	size_t taken = __atomic_load_n(&crew->taken, __ATOMIC_RELAXED);
	double seconds = build_seconds(crew->build), done, all;
	char left[TIME_TEXT_MAX];

	if (!isatty(STDERR_FILENO) || seconds < FIRST_PROGRESS || !taken)
		return;
	done = bytes + (double)taken * FILE_COST;
	all = crew->total_bytes + (double)base->count * FILE_COST;
	fprintf(stderr, "\r\033[K%zu of %zu files, %llu of %llu MiB, %s left ", taken, base->count,
		(unsigned long long)bytes >> 20, (unsigned long long)crew->total_bytes >> 20,
		time_text(all > done ? seconds * (all - done) / done : 0, left));
}

static void end_progress(const struct build *build)
{
	if (isatty(STDERR_FILENO) && build_seconds(build) >= FIRST_PROGRESS)
		fputs("\r\033[K", stderr);
}

/**
 * build_crew_run() - examine all files that were found and are not examined yet
 * @build: the files in its @found
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the first file in their order that failed.
 */
int build_crew_run(struct build *build, struct err *err)
{
	struct build_crew crew = {
		.crew = { .begin = begin, .work = work, .end = end, .watch = show_progress,
			  .count = build->found.count },
		.build = build,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.failed_at = build->found.count,
	};
	bool had_tools;
	size_t i;

	for (i = 0; i < build->found.count; i++)
		crew.total_bytes += build->found.items[i].size;
	had_tools = crew_run(&crew.crew);
	end_progress(build);
	if (!had_tools)
		return err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	if (crew.failed_at == build->found.count)
		return EXIT_OK;
	*err = crew.failure;
	return err->code;
}
