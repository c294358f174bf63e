// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: reading a log of JSON lines, as rivetd writes it
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/event/history.h"

#define AGENT_LINE "{\"schema\":\"rivet.agent/1\","

/**
 * struct history - a log being read
 * @ops: receivers
 * @data: for @ops
 * @known: lines that the agent writes
 * @strange: lines of another kind
 */
struct history {
	const struct history_ops *ops;
	void *data;
	size_t known;
	size_t strange;
};

/**
 * history_parse_gap() - read the line of event_gap_json_line()
 * @line: the line, terminated
 * @gap: filled
 *
 * Return: false for any other line.
 */
bool history_parse_gap(const char *line, struct event_gap *gap)
{
	return sscanf(line, "{\"schema\":\"rivet.gap/1\",\"first\":%" SCNu64 ",\"last\":%" SCNu64 ",",
		      &gap->first, &gap->last) == 2 && gap->first && gap->first <= gap->last;
}

static int take_gap(struct history *history, const struct event_gap *gap)
{
	history->known++;
	return history->ops->gap ? history->ops->gap(gap, history->data) : 0;
}

static int take_line(struct history *history, const char *line, size_t len)
{
	struct buffer storage;
	struct event_gap gap;
	struct event event;
	int ret = 0;

	if (history_parse_gap(line, &gap))
		return take_gap(history, &gap);
	if (!event_load(line, len, &event, &storage)) {
		history->known++;
		ret = history->ops->event(&event, history->data);
	} else if (!strncmp(line, AGENT_LINE, strlen(AGENT_LINE))) {
		history->known++;
	} else {
		history->strange++;
	}
	buffer_free(&storage);
	return ret;
}

static void read_lines(struct history *history, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, in)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (take_line(history, line, len))
			break;
	}
	free(line);
}

static int check(const struct history *history, FILE *in, const char *path, struct err *err)
{
	if (ferror(in))
		return err_set_io(err, "cannot read", path);
	if (!history->known && history->strange)
		return err_set(err, EXIT_CONFIG, "name a log of rivetd, or what events --json printed",
			       "cannot read %s: no line of it is an event", err_name(path));
	return EXIT_OK;
}

/**
 * history_read() - read a log from its beginning
 * @path: the file; "-" for standard input
 * @ops: receivers of its lines
 * @data: for @ops
 * @strange: set to the number of lines that are none of the agent's; may be NULL
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_CONFIG if it is no such log; or the exit status of another error.
 */
int history_read(const char *path, const struct history_ops *ops, void *data, size_t *strange,
		 struct err *err)
{
	struct history history = { .ops = ops, .data = data };
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	int ret;

	if (!in)
		return err_set_io(err, "cannot read", path);
	read_lines(&history, in);
	ret = check(&history, in, path, err);
	if (in != stdin)
		fclose(in);
	if (strange)
		*strange = history.strange;
	return ret;
}
