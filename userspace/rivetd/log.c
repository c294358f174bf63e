// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the log of JSON lines
 *
 * A line is written completely or not at all: the fragment that a crash or a
 * full disk leaves is removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "group.h"
#include "lib/base/text.h"
#include "lib/event/history.h"
#include "log.h"

#define LOG_MODE	0600
#define SHARED_MODE	0640	/* if there is a group to read it */
#define TAIL_SIZE	(64 * 1024)	/* longer than any line */
#define NSEC_PER_SEC	1000000000ULL

/* Offset behind the last newline of the file, which has @size bytes; -errno on error. */
static off_t find_line_end(int fd, off_t size)
{
	off_t from = size > TAIL_SIZE ? size - TAIL_SIZE : 0, ret = size;
	char *tail = malloc(TAIL_SIZE);
	const char *newline;
	ssize_t len;

	if (!tail)
		return -ENOMEM;
	len = pread(fd, tail, TAIL_SIZE, from);
	if (len < 0) {
		ret = -errno;
	} else if (len > 0) {
		newline = memrchr(tail, '\n', len);
		if (newline)
			ret = from + (newline - tail) + 1;
		else if (!from)
			ret = 0;
	}
	free(tail);
	return ret;
}

static int cut_torn_line(int fd)
{
	struct stat st;
	off_t end;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	end = find_line_end(fd, st.st_size);
	if (end < 0)
		return end;
	return end == st.st_size || !ftruncate(fd, end) ? 0 : -errno;
}

/**
 * log_open() - open or make the log
 * @log: filled
 * @path: the file; empty for no log
 *
 * Return: 0 or -errno; @log can be used in any case, and is tried again then.
 */
int log_open(struct log *log, const char *path)
{
	int ret;

	log->path = path;
	log->fd = -1;
	if (!*path)
		return 0;
	ret = folder_make_shared(path);
	if (ret)
		return ret;
	log->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		       LOG_MODE);
	if (log->fd < 0)
		return -errno;
	ret = cut_torn_line(log->fd);
	if (!ret && group_is_there())
		ret = group_share(log->fd, SHARED_MODE);
	if (ret)
		log_close(log);
	return ret;
}

/**
 * log_close() - close the log
 * @log: the log
 */
void log_close(struct log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}

static int parse_end(const char *line, size_t len, struct log_end *end)
{
	struct buffer storage = { 0 };
	struct event_gap gap;
	struct event event;
	int ret;

	if (history_parse_gap(line, &gap)) {
		*end = (struct log_end){ gap.first, gap.last, 0 };
		return 0;
	}
	ret = event_load(line, len, &event, &storage);
	if (!ret)
		*end = (struct log_end){ event.seq, event.seq, event.time };
	buffer_free(&storage);
	return ret;
}

/**
 * log_read_end() - read the numbers and time of the last line
 * @log: the log, just opened: it ends with a newline
 * @end: filled
 *
 * Return: 0; -ENOENT if there is no line; -EBADMSG if it is neither an event
 * nor a gap; or -errno.
 */
int log_read_end(const struct log *log, struct log_end *end)
{
	char *tail = malloc(TAIL_SIZE + 1);
	const char *line;
	struct stat st;
	ssize_t len = -1;
	int ret = -ENOENT;

	if (!tail)
		return -ENOMEM;
	if (log->fd >= 0 && !fstat(log->fd, &st))
		len = pread(log->fd, tail, TAIL_SIZE,
			    st.st_size > TAIL_SIZE ? st.st_size - TAIL_SIZE : 0);
	if (len > 1 && tail[len - 1] == '\n') {
		tail[--len] = '\0';
		line = memrchr(tail, '\n', len);
		line = line ? line + 1 : tail;
		ret = parse_end(line, tail + len - line, end);
	}
	free(tail);
	return ret;
}

/* Return: 0 or -errno, with nothing of the line in the file. */
static int write_line(struct log *log, const char *line, size_t len)
{
	ssize_t done = write(log->fd, line, len);
	int error = done < 0 ? errno : ENOSPC;
	struct stat st;

	if (done == (ssize_t)len)
		return 0;
	if (done > 0 && (fstat(log->fd, &st) || ftruncate(log->fd, st.st_size - done)))
		log_close(log);
	return -error;
}

/* The file is opened again if it was lost; @out is closed. */
static int finish_line(struct log *log, FILE *out, char **line, const size_t *len)
{
	int ret = fclose(out) ? -ENOMEM : 0;

	if (!ret && log->fd < 0)
		ret = log_open(log, log->path);
	if (!ret && log->fd >= 0)
		ret = write_line(log, *line, *len);
	free(*line);
	return ret;
}

/**
 * log_event() - add an event
 * @log: the log
 * @event: the event
 *
 * Return: 0 or -errno.
 */
int log_event(struct log *log, const struct event *event)
{
	char *line = NULL, host[TEXT_HOST_MAX];
	size_t len;
	FILE *out = open_memstream(&line, &len);

	if (!out)
		return -ENOMEM;
	text_host(host);
	event_json_line(out, host, event);
	return finish_line(log, out, &line, &len);
}

/**
 * log_gap() - record missing events
 * @log: the log
 * @gap: the missing events
 *
 * Return: 0 or -errno.
 */
int log_gap(struct log *log, const struct event_gap *gap)
{
	char *line = NULL, host[TEXT_HOST_MAX];
	size_t len;
	FILE *out = open_memstream(&line, &len);

	if (!out)
		return -ENOMEM;
	text_host(host);
	event_gap_json_line(out, host, gap);
	return finish_line(log, out, &line, &len);
}

/**
 * log_connected() - record boot and module of the lines that follow
 * @log: the log
 * @boot_id: identifier of this boot
 * @version: version of the module
 *
 * Return: 0 or -errno.
 */
int log_connected(struct log *log, const char *boot_id, const char *version)
{
	char *line = NULL, now[EVENT_TIME_MAX], host[TEXT_HOST_MAX];
	struct timespec ts = { 0 };
	struct json json;
	size_t len;
	FILE *out = open_memstream(&line, &len);

	if (!out)
		return -ENOMEM;
	clock_gettime(CLOCK_REALTIME, &ts);
	event_time(ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec, true, now);
	json_begin(&json, out, "rivet.agent/1");
	json_text(&json, "what", "connected");
	json_text(&json, "time", now);
	json_text(&json, "boot_id", boot_id);
	json_text(&json, "module_version", version);
	text_host(host);
	json_bytes(&json, "host", host, strlen(host));
	json_end(&json);
	return finish_line(log, out, &line, &len);
}
