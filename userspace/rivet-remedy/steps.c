// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - each step, told to the log and on standard error
 *
 * The service manager takes standard error to the journal; "<3>" and the like are the priorities
 * that it understands there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/event/decode.h"
#include "steps.h"

#define LOG_FILE_MODE	0600
#define NSEC_PER_SEC	1000000000ULL

static void write_json(FILE *out, const struct step *step)
{
	struct timespec ts = { 0 };
	char now[EVENT_TIME_MAX];
	struct json json;

	clock_gettime(CLOCK_REALTIME, &ts);
	event_time(ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec, true, now);
	json_begin(&json, out, "rivet.remedy/1");
	json_text(&json, "time", now);
	json_text(&json, "what", step->what);
	json_bytes(&json, "path", step->path, strlen(step->path));
	if (step->digest)
		json_text(&json, "digest", step->digest);
	if (step->try)
		json_u64(&json, "try", step->try);
	json_bool(&json, "bad", step->bad);
	if (step->detail)
		json_bytes(&json, "detail", step->detail, strlen(step->detail));
	json_end(&json);
}

static void add_to_log(const char *log, const struct step *step)
{
	int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, LOG_FILE_MODE);
	char *line = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&line, &len);

	if (out) {
		write_json(out, step);
		if (fclose(out))
			len = 0;
	}
	if (fd < 0 || (len && write(fd, line, len) != (ssize_t)len))
		fprintf(stderr, "<4>cannot write %s\n", err_name(log));
	free(line);
	if (fd >= 0)
		close(fd);
}

/**
 * steps_tell() - tell a step
 * @log: the log; empty for none
 * @step: the step
 */
void steps_tell(const char *log, const struct step *step)
{
	fprintf(stderr, "<%d>%s: %s%s%s\n", step->bad ? 3 : 5, err_name(step->path), step->what,
		step->detail ? ": " : "", step->detail ? step->detail : "");
	if (*log)
		add_to_log(log, step);
}
