// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl events - past events, counts of them, and with -f new ones as they happen
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "duration.h"
#include "lib/base/text.h"
#include "lib/event/history.h"
#include "lib/kernel/follow.h"
#include "summary.h"
#include "verbs.h"

#define SINCE_MAX	(10 * 365 * 24 * 60 * 60ULL)	/* seconds */
#define NSEC_PER_SEC	1000000000ULL

/**
 * struct events - the command line, and the way of an event to the output
 * @ctx: context of the verb
 * @follow: go on with those to come
 * @since: number of the last event that is not wanted
 * @since_time: nanoseconds since 1970; what is older is not wanted
 * @file: log of JSON lines; NULL for the kernel
 * @summary: counts by fields, if it has fields
 * @gap: lost events whose time is that of the next event; none if its first is 0
 * @err: filled if an event could not be counted
 */
struct events {
	struct context *ctx;
	bool follow;
	uint64_t since;
	uint64_t since_time;
	const char *file;
	struct summary summary;
	struct event_gap gap;
	struct err err;
};

/* "1h" is a time, "17" is the number of an event. */
static int take_since(struct context *ctx, const char *text, struct events *events)
{
	uint64_t seconds, now = time(NULL);
	u64 since;

	if (duration_has_unit(text) && duration_parse(text, SINCE_MAX, &seconds)) {
		events->since_time = now > seconds ? (now - seconds) * NSEC_PER_SEC : 0;
		return EXIT_OK;
	}
	if (rivet_parse_u64(text, strlen(text), &since))
		return err_usage(ctx, "--since %s: expected the number of an event, or a time as 90s, 5m, 1h or 2d",
				 err_name(text));
	events->since = since;
	return EXIT_OK;
}

static int take_option(struct context *ctx, int opt, char **argv, struct events *events)
{
	switch (opt) {
	case 'f':
		events->follow = true;
		return EXIT_OK;
	case 's':
		return take_since(ctx, optarg, events);
	case 'b':
		return summary_take_fields(ctx, optarg, &events->summary);
	case 'F':
		events->file = optarg;
		return EXIT_OK;
	default:
		return err_option(ctx, opt, argv);
	}
}

static int take_options(struct context *ctx, int argc, char **argv, struct events *events)
{
	static const struct option longs[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "since", required_argument, NULL, 's' },
		{ "by", required_argument, NULL, 'b' },
		{ "file", required_argument, NULL, 'F' },
		{ 0 },
	};
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":f", longs, NULL)) != -1) {
		ret = take_option(ctx, opt, argv, events);
		if (ret)
			return ret;
	}
	if (events->follow && (events->summary.field_count || events->file))
		return err_usage(ctx, "-f has no end, so that it goes neither with --by nor with --file");
	return argc == optind ? EXIT_OK : err_usage(ctx, "nothing more is needed");
}

static int print_event(const struct context *ctx, const struct event *event)
{
	char host[TEXT_HOST_MAX];
	struct buffer line = { 0 };

	if (ctx->json) {
		text_host(host);
		event_json_line(stdout, host, event);
		return ferror(stdout);
	}
	event_text(event, &line);
	puts(line.failed ? "(out of memory)" : line.data);
	buffer_free(&line);
	return ferror(stdout);
}

static int print_gap(const struct context *ctx, const struct event_gap *gap)
{
	char host[TEXT_HOST_MAX];

	text_host(host);
	if (ctx->json)
		event_gap_json_line(stdout, host, gap);
	else
		printf("-- events %" PRIu64 " to %" PRIu64 " are lost: the kernel no longer holds them --\n",
		       gap->first, gap->last);
	return ferror(stdout);
}

static int flush_gap(struct events *events)
{
	struct event_gap gap = events->gap;

	events->gap.first = 0;
	if (!gap.first)
		return 0;
	if (!events->summary.field_count)
		return print_gap(events->ctx, &gap);
	summary_add_gap(&events->summary, &gap);
	return 0;
}

static int take_event(const struct event *event, void *data)
{
	struct events *events = data;

	if (event->seq <= events->since || event->time < events->since_time) {
		events->gap.first = 0;
		return 0;
	}
	if (flush_gap(events))
		return 1;
	if (events->summary.field_count)
		return summary_add(&events->summary, event, &events->err);
	return print_event(events->ctx, event);
}

/* It has no time: the next event tells whether it is wanted. */
static int take_gap(const struct event_gap *gap, void *data)
{
	struct events *events = data;
	int ret = flush_gap(events);

	events->gap = *gap;
	return ret;
}

static const struct follow_ops ops = { .event = take_event, .gap = take_gap };
static const struct history_ops file_ops = { .event = take_event, .gap = take_gap };

/* The reader has gone: the usual end of a pipe. Or the disk is full: main() reports that. */
static bool output_ended(const struct follow *f)
{
	return f->stalled || fflush(stdout);
}

static int wait_for_news(struct follow *f, struct err *err)
{
	struct pollfd poll_fd[] = {
		{ .fd = nl_fd(&f->news), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	if (poll(poll_fd, 2, -1) < 0 && errno != EINTR)
		return err_set(err, EXIT_OTHER, NULL, "cannot wait for events: %s",
			       strerror(errno));
	if (poll_fd[1].revents & (POLLERR | POLLHUP))
		f->stalled = true;
	return EXIT_OK;
}

static int follow(struct follow *f, struct err *err)
{
	int ret = EXIT_OK;

	while (!ret && !output_ended(f)) {
		ret = wait_for_news(f, err);
		if (ret || f->stalled)
			break;
		switch (follow_receive(f, err)) {
		case NL_LOST:
			ret = follow_resync(f, err);
			break;
		case NL_GONE:
			ret = err_set(err, EXIT_UNREACHABLE, NULL, "the rivet module was unloaded");
			break;
		case NL_FAILED:
			ret = err->code;
			break;
		default:
			break;
		}
	}
	return ret;
}

/* A number that was not given out yet would hide the events to come. */
static int check_since(struct context *ctx, struct follow *f, struct err *err)
{
	struct status status;
	int ret = nl_status(&f->queries, &status, err);

	if (ret || f->last <= status.events_last)
		return ret;
	err_warn(ctx, "the newest event is %" PRIu64 ": was the module loaded again?",
		 status.events_last);
	f->last = status.events_last;
	return EXIT_OK;
}

static int ask_kernel(struct events *events, struct err *err)
{
	struct follow f = { .ops = &ops, .data = events, .last = events->since };
	int ret = follow_open(&f, events->follow, err);

	if (!ret)
		ret = check_since(events->ctx, &f, err);
	events->since = f.last;
	if (!ret)
		ret = follow_resync(&f, err);
	if (!ret && events->follow)
		ret = follow(&f, err);
	follow_close(&f);
	return ret;
}

static int read_file(struct events *events, struct err *err)
{
	size_t strange;
	int ret = history_read(events->file, &file_ops, events, &strange, err);

	if (!ret && strange)
		err_warn(events->ctx, "%s: %zu %s not understood", err_name(events->file), strange,
			 strange == 1 ? "line is" : "lines are");
	return ret;
}

int verb_events(struct context *ctx, int argc, char **argv)
{
	struct events events = { .ctx = ctx };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &events);
	if (ret)
		return ret;
	ret = events.file ? read_file(&events, &err) : ask_kernel(&events, &err);
	if (!ret && events.err.code) {
		err = events.err;
		ret = err.code;
	}
	if (!ret)
		flush_gap(&events);
	if (!ret && events.summary.field_count)
		summary_print(ctx, &events.summary);
	summary_free(&events.summary);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
