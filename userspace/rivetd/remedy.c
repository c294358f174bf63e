// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - jobs for rivet-remedy: files for which a RIV says what belongs there
 *
 * The agent starts nothing: it has no right that would help. It leaves the event in a folder, one
 * file for each path, which another program takes for a hint and asks the kernel about.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "folder.h"
#include "journal.h"
#include "lib/base/durable.h"
#include "lib/base/text.h"
#include "lib/event/given_up.h"
#include "remedy.h"

#define JOBS_MAX	64
#define JOB_MODE	0600

/* A RIV names other content for the path; init sees the file there, and the path is whole. */
static bool is_for_remedy(const struct event *event)
{
	return event->kind == RIVET_EVENT_VERDICT && event->path.len && event->expected.len &&
	       !event->path_flags &&
	       (event->reason == RIVET_REASON_MISMATCH ||
		event->reason == RIVET_REASON_QUARANTINED);
}

static bool is_full(const char *queue)
{
	unsigned int count = 0;
	DIR *dir = opendir(queue);

	while (dir && count <= JOBS_MAX + 2 && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count >= JOBS_MAX + 2;
}

static int write_job(const char *path, const struct event *event, struct err *err)
{
	char *line = NULL, host[TEXT_HOST_MAX];
	size_t len;
	FILE *out = open_memstream(&line, &len);
	int ret;

	if (!out)
		return err_set(err, EXIT_OTHER, NULL, "cannot ask for a remedy: out of memory");
	text_host(host);
	event_json_line(out, host, event);
	if (fclose(out))
		ret = err_set(err, EXIT_OTHER, NULL, "cannot ask for a remedy: out of memory");
	else
		ret = durable_write(path, JOB_MODE, line, len, err);
	free(line);
	return ret;
}

/**
 * remedy_ask() - leave a job if the event is about a file that can be put right
 * @folder: of the jobs; empty for none
 * @event: the event
 */
void remedy_ask(const char *folder, const struct event *event)
{
	char queue[PATH_MAX], path[PATH_MAX], mark[PATH_MAX];
	struct err err = { 0 };

	if (!*folder || !is_for_remedy(event))
		return;
	snprintf(queue, sizeof(queue), "%s/queue", folder);
	if (snprintf(path, sizeof(path), "%s/%016" PRIx64 ".job", queue,
		     text_sum(event->path)) >= PATH_MAX)
		return;
	if (snprintf(mark, sizeof(mark), "%s/tries/%016" PRIx64 GIVEN_UP_SUFFIX, folder,
		     text_sum(event->path)) >= PATH_MAX)
		return;
	folder_make(queue);
	folder_make(path);
	if (!access(path, F_OK) || given_up_is(mark, event->expected))
		return;
	if (is_full(queue))
		journal_say(LOG_ERR, "%s has %u jobs already: no remedy is asked for", queue,
			    JOBS_MAX);
	else if (write_job(path, event, &err))
		journal_say(LOG_ERR, "%s: no remedy is asked for", err.text);
}
