// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the events of a log of rivetd, or those that the kernel holds
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/kernel/nl.h"
#include "recorded.h"

#define GAP_START	"{\"schema\":\"rivet.gap/1\""

static int fail_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "out of memory");
}

static int take_line(struct recorded *recorded, const char *line, size_t len)
{
	struct buffer storage;
	struct event event;
	int ret;

	if (len && line[len - 1] == '\n')
		len--;
	if (!len)
		return 0;
	ret = event_load(line, len, &event, &storage);
	if (!ret)
		ret = recorded->take(&event, recorded->data);
	else if (len >= strlen(GAP_START) && !memcmp(line, GAP_START, strlen(GAP_START)))
		recorded->gaps++;
	else
		recorded->others++;
	buffer_free(&storage);
	return ret == -ENOMEM ? ret : 0;
}

static int read_lines(struct recorded *recorded, FILE *in, const char *name, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	errno = 0;
	while (!ret && (len = getline(&line, &size, in)) > 0)
		ret = take_line(recorded, line, len);
	free(line);
	if (ret)
		return fail_memory(err);
	return ferror(in) ? err_set_io(err, "cannot read", name) : EXIT_OK;
}

/**
 * recorded_file() - read the events of a file
 * @recorded: the events; lines that are none are counted
 * @path: the file, with a line for each event; "-" for standard input
 * @err: filled on error
 *
 * Return: EXIT_OK, EXIT_IO, or EXIT_OTHER if memory ran out.
 */
int recorded_file(struct recorded *recorded, const char *path, struct err *err)
{
	FILE *in;
	int ret;

	if (!strcmp(path, "-"))
		return read_lines(recorded, stdin, "standard input", err);
	in = fopen(path, "re");
	if (!in)
		return err_set_io(err, "cannot open", path);
	ret = read_lines(recorded, in, path, err);
	fclose(in);
	return ret;
}

/* The kernel holds the newest events, numbered from 1. */
static int take_event(const struct event *event, void *data)
{
	struct recorded *recorded = data;

	if (event->seq != recorded->last + 1)
		recorded->gaps++;
	recorded->last = event->seq;
	return recorded->take(event, recorded->data) ? EXIT_OTHER : EXIT_OK;
}

/**
 * recorded_kernel() - read the events that the kernel holds
 * @recorded: the events
 * @err: filled on error
 *
 * Return: EXIT_OK, EXIT_UNREACHABLE, or the exit status of another error.
 */
int recorded_kernel(struct recorded *recorded, struct err *err)
{
	struct nl nl;
	int ret = nl_open(&nl, err);

	if (!ret) {
		ret = nl_events(&nl, 0, take_event, recorded, err);
		if (ret && !err->text[0])
			ret = fail_memory(err);
	}
	nl_close(&nl);
	return ret;
}
