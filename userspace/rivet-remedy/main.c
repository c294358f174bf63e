// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - put listed content in the place of files that fail
 *
 * rivetd, which may do next to nothing, leaves a job in a folder; the service manager starts this
 * program when there is one. It works until no job is left, and then for a few seconds more, so
 * that nobody can have it started over and over.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job.h"
#include "version.h"

#define FOLDER		"/var/lib/rivet/remedy"
#define LINGER_SECONDS	5
#define WAIT_MAX	600
#define MSEC_PER_SEC	1000

struct arguments {
	const char *config;
	const char *folder;
	bool once;
};

static void usage(FILE *out)
{
	fputs("usage: rivet-remedy [--config FILE] [--once] [FOLDER]\n"
	      "  -c, --config FILE  instead of " SETTINGS_FILE "\n"
	      "  -1, --once         one look at each job of the queue, no waiting\n"
	      "  -V, --version\n"
	      "FOLDER is that of rivetd's configuration, by default " FOLDER "\n", out);
}

static int take_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "once", no_argument, NULL, '1' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "c:1Vh", longs, NULL)) != -1) {
		if (opt == 'c') {
			arguments->config = optarg;
		} else if (opt == '1') {
			arguments->once = true;
		} else if (opt == 'V') {
			puts("rivet-remedy " RIVET_VERSION);
			exit(EXIT_OK);
		} else {
			usage(opt == 'h' ? stdout : stderr);
			exit(opt == 'h' ? EXIT_OK : EXIT_USAGE);
		}
	}
	if (optind < argc)
		arguments->folder = argv[optind++];
	if (optind == argc)
		return EXIT_OK;
	usage(stderr);
	return EXIT_USAGE;
}

static int fail(const char *what, const char *path)
{
	fprintf(stderr, "rivet-remedy: %s %s: %s\n", what, err_name(path), strerror(errno));
	return EXIT_IO;
}

static bool is_job(const char *name)
{
	size_t len = strlen(name), suffix = strlen(JOB_SUFFIX);

	return *name != '.' && len > suffix && !strcmp(name + len - suffix, JOB_SUFFIX);
}

/* Return: seconds until the next attempt of a job; JOB_DONE if none is left. */
static int64_t work_all(const struct jobs *jobs)
{
	int64_t next = JOB_DONE, wait;
	struct dirent *entry;
	DIR *dir = opendir(jobs->queue);

	if (!dir)
		return JOB_DONE;
	while ((entry = readdir(dir))) {
		if (!is_job(entry->d_name))
			continue;
		wait = job_work(jobs, entry->d_name);
		if (wait != JOB_DONE && (next == JOB_DONE || wait < next))
			next = wait;
	}
	closedir(dir);
	return next;
}

/* Return: false if nothing came, and nothing is left to wait for. */
static bool wait_for_more(int watch, int64_t next)
{
	struct pollfd fd = { .fd = watch, .events = POLLIN };
	int64_t wait = next == JOB_DONE ? LINGER_SECONDS : next;
	char events[4096];
	int ready;

	ready = poll(&fd, 1, (wait < WAIT_MAX ? wait : WAIT_MAX) * MSEC_PER_SEC);
	if (ready > 0 && read(watch, events, sizeof(events)) < 0 && errno != EAGAIN)
		return false;
	return ready > 0 || next != JOB_DONE;
}

static int work(const struct jobs *jobs, bool once)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int64_t next;

	if (watch < 0 || inotify_add_watch(watch, jobs->queue, IN_MOVED_TO) < 0)
		return fail("cannot watch", jobs->queue);
	do
		next = work_all(jobs);
	while (!once && wait_for_more(watch, next));
	close(watch);
	return EXIT_OK;
}

/*
 * Two at once would count, and clean up, across each other. The lock lasts until @fd is closed,
 * which the caller does also on error.
 */
static int lock(const char *folder, int *fd)
{
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return fail("cannot open", folder);
	if (!flock(*fd, LOCK_EX | LOCK_NB))
		return EXIT_OK;
	fprintf(stderr, "rivet-remedy: another one is at work in %s\n", err_name(folder));
	return EXIT_OTHER;
}

static int prepare(struct jobs *jobs, const char *folder)
{
	static char queue[PATH_MAX], tries[PATH_MAX];

	if (snprintf(queue, PATH_MAX, "%s/queue", folder) >= PATH_MAX ||
	    snprintf(tries, PATH_MAX, "%s/tries", folder) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return fail("cannot open", folder);
	}
	jobs->queue = queue;
	jobs->tries = tries;
	if ((mkdir(queue, 0700) && errno != EEXIST) || (mkdir(tries, 0700) && errno != EEXIST))
		return fail("cannot make folders in", folder);
	jobs->root = open(JOB_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .folder = FOLDER };
	struct settings settings;
	struct jobs jobs = { .settings = &settings };
	struct err err = { 0 };
	int ret = take_arguments(argc, argv, &arguments), locked = -1;

	if (ret)
		return ret;
	umask(0077);
	ret = settings_read(arguments.config, &settings, &err);
	if (ret)
		fprintf(stderr, "rivet-remedy: %s\n", err.text);
	if (!ret)
		ret = lock(arguments.folder, &locked);
	if (!ret)
		ret = prepare(&jobs, arguments.folder);
	if (!ret)
		ret = work(&jobs, arguments.once);
	if (locked >= 0)
		close(locked);
	settings_free(&settings);
	return ret;
}
