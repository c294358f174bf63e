// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: checking the event chain of a log
 *
 * A log is untrusted input. Each line of an event must follow from the one before, have the
 * words that its chain covers, and be the line that the agent writes for them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/evidence/chain_check.h"
#include "lib/event/history.h"

#define FINDING_MAX	256
#define FOREIGN		"no line of rivetd, or one that was cut or changed"
#define AGENT_LINE	"{\"schema\":\"rivet.agent/1\","
#define HOST_MEMBER	",\"host\":\""

__attribute__((format(printf, 3, 4)))
static void find(struct chain_check *check, uint64_t line, const char *fmt, ...)
{
	char text[FINDING_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	check->findings++;
	check->finding(line, text, check->data);
}

/* Is this the rest of a line after the name of the host has begun? */
static bool is_host(const char *text, size_t len)
{
	static const char * const ends[] = { "\"}", "\",\"host_escaped\":true}" };
	size_t i, end;

	for (i = 0; i + 1 < len && text[i] != '"'; i++)
		i += text[i] == '\\';
	for (end = 0; end < sizeof(ends) / sizeof(ends[0]); end++) {
		if (i < len && len - i == strlen(ends[end]) &&
		    !memcmp(text + i, ends[end], len - i))
			return true;
	}
	return false;
}

/* Members that repeat others, or that nobody knows, are in no link. @size is of @wanted. */
static bool is_line_of(const char *wanted, size_t size, const char *line, size_t len)
{
	const size_t host = size - strlen("\"}\n");

	return len > host && !memcmp(line, wanted, host) && is_host(line + host, len - host);
}

/* Closes @out, which has written a line to @wanted, and frees that. */
static int compare_line(FILE *out, char **wanted, const size_t *size, const char *line, size_t len,
			bool *same)
{
	const int err = fclose(out) ? -ENOMEM : 0;

	if (!err)
		*same = is_line_of(*wanted, *size, line, len);
	free(*wanted);
	return err;
}

static int compare_event(const struct event *event, const char *line, size_t len, bool *same)
{
	char *wanted = NULL;
	size_t size;
	FILE *out = open_memstream(&wanted, &size);

	if (!out)
		return -ENOMEM;
	event_json_line(out, "", event);
	return compare_line(out, &wanted, &size, line, len, same);
}

static int compare_gap(const struct event_gap *gap, const char *line, size_t len, bool *same)
{
	char *wanted = NULL;
	size_t size;
	FILE *out = open_memstream(&wanted, &size);

	if (!out)
		return -ENOMEM;
	event_gap_json_line(out, "", gap);
	return compare_line(out, &wanted, &size, line, len, same);
}

static void find_missing(struct chain_check *check, uint64_t next)
{
	if (check->last + 1 == next - 1)
		find(check, check->lines, "event %" PRIu64 " is missing before event %" PRIu64,
		     next - 1, next);
	else
		find(check, check->lines,
		     "events %" PRIu64 " to %" PRIu64 " are missing before event %" PRIu64,
		     check->last + 1, next - 1, next);
}

/* Moves on to number @next. Return: false if it should have come earlier. */
static bool take_number(struct chain_check *check, uint64_t next)
{
	if (!check->first)
		check->first = next;
	if (next == 1 || !check->last) {
		check->chains++;
		check->linked = next == 1;
		memset(check->link, 0, sizeof(check->link));
		check->run = next;
	} else if (next <= check->last) {
		find(check, check->lines, "event %" PRIu64 " comes after event %" PRIu64
		     ": out of order, or a second time", next, check->last);
		return false;
	} else if (next > check->last + 1) {
		find_missing(check, next);
		check->linked = false;
	}
	return true;
}

static void take_gap(struct chain_check *check, const struct event_gap *gap)
{
	if (__builtin_add_overflow(check->lost, gap->last - gap->first + 1, &check->lost))
		check->lost = UINT64_MAX;
	if (!take_number(check, gap->first))
		return;
	check->last = gap->last;
	check->linked = false;
}

static void match_heads(struct chain_check *check, uint64_t seq,
			const uint8_t link[EVENT_LINK_SIZE])
{
	struct chain_head *head;

	for (head = check->heads; head < check->heads + check->head_count; head++) {
		if (head->seq != seq || memcmp(head->link, link, EVENT_LINK_SIZE))
			continue;
		head->proven = true;
		head->first = check->run;
	}
}

/* One finding a line: the first that explains it. Return: 0 or -ENOMEM. */
static int take_links(struct chain_check *check, const struct event *event, bool same)
{
	uint8_t before[EVENT_LINK_SIZE], link[EVENT_LINK_SIZE], made[EVENT_LINK_SIZE];
	bool ordered = take_number(check, event->seq), follows;

	if (!event_link_parse(event->before, before) || !event_link_parse(event->chain, link)) {
		find(check, check->lines, "event %" PRIu64 " has no chain", event->seq);
		check->linked = false;
		check->last = ordered ? event->seq : check->last;
		return 0;
	}
	if (event_link_make(before, event, made))
		return -ENOMEM;
	follows = !check->linked || !memcmp(before, check->link, EVENT_LINK_SIZE);
	if (!ordered)
		return 0;
	if (!check->linked)
		check->run = event->seq;
	check->last = event->seq;
	check->linked = true;
	memcpy(check->link, link, EVENT_LINK_SIZE);
	if (same && follows && !memcmp(made, link, EVENT_LINK_SIZE)) {
		match_heads(check, event->seq, link);
		return 0;
	}
	if (follows)
		find(check, check->lines, "event %" PRIu64 " was changed", event->seq);
	else
		find(check, check->lines, "event %" PRIu64 " does not follow from the one before: "
		     "one of them was changed", event->seq);
	check->run = follows ? event->seq + 1 : event->seq;
	return 0;
}

static int take_event(struct chain_check *check, const struct event *event, const char *line,
		      size_t len)
{
	bool same;

	check->events++;
	if (compare_event(event, line, len, &same))
		return -ENOMEM;
	return take_links(check, event, same);
}

/**
 * chain_check_line() - take the next line
 * @check: the check
 * @line: the line without its newline, terminated
 * @len: its length in bytes
 *
 * Return: 0 or -ENOMEM.
 */
int chain_check_line(struct chain_check *check, const char *line, size_t len)
{
	struct buffer storage;
	struct event_gap gap;
	struct event event;
	bool same;
	int ret;

	check->lines++;
	if (history_parse_gap(line, &gap)) {
		ret = compare_gap(&gap, line, len, &same);
		if (!ret && !same)
			find(check, check->lines, FOREIGN);
		else if (!ret)
			take_gap(check, &gap);
		return ret;
	}
	ret = event_load(line, len, &event, &storage);
	if (!ret)
		ret = take_event(check, &event, line, len);
	else if (ret == -EBADMSG && strncmp(line, AGENT_LINE, strlen(AGENT_LINE)))
		find(check, check->lines, FOREIGN);
	buffer_free(&storage);
	return ret == -EBADMSG ? 0 : ret;
}

/**
 * chain_check_end() - compare the heads, after the last line
 * @check: the check
 */
void chain_check_end(struct chain_check *check)
{
	struct chain_head *head;

	for (head = check->heads; head < check->heads + check->head_count; head++) {
		if (head->proven)
			continue;
		if (head->seq > check->last)
			find(check, 0, "the log ends with event %" PRIu64
			     ", and a chain up to event %" PRIu64 " was reported",
			     check->last, head->seq);
		else
			find(check, 0, "the chain reported for event %" PRIu64
			     " is not in the log: it was rewritten", head->seq);
	}
}

static int read_lines(struct chain_check *check, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &size, in)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		ret = chain_check_line(check, line, len);
	}
	free(line);
	return ret;
}

/**
 * chain_check_file() - check a log
 * @check: the check
 * @path: the log; "-" for standard input
 * @err: filled on error; a finding is none
 *
 * Return: EXIT_OK; EXIT_CONFIG if no line is an event; or the exit status of another error.
 */
int chain_check_file(struct chain_check *check, const char *path, struct err *err)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	int ret;

	if (!in)
		return err_set_io(err, "cannot read", path);
	ret = read_lines(check, in);
	if (ret)
		ret = err_set(err, EXIT_OTHER, NULL, "out of memory");
	else if (ferror(in))
		ret = err_set_io(err, "cannot read", path);
	else if (!check->events && !check->head_count)
		ret = err_set(err, EXIT_CONFIG, "name a log of rivetd, or the output of events --json",
			      "cannot check %s: no line of it is an event", err_name(path));
	else
		chain_check_end(check);
	if (in != stdin)
		fclose(in);
	return ret;
}
