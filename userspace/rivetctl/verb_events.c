// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl events - past events, and with -f new ones as they happen
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/kernel/follow.h"
#include "verbs.h"

struct events_options {
	bool follow;
	uint64_t since;
};

static int take_options(struct context *ctx, int argc, char **argv, struct events_options *options)
{
	static const struct option longs[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "since", required_argument, NULL, 's' },
		{ 0 },
	};
	u64 since;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":f", longs, NULL)) != -1) {
		if (opt == 'f') {
			options->follow = true;
		} else if (opt == 's') {
			if (rivet_parse_u64(optarg, strlen(optarg), &since))
				return err_usage(ctx, "\"%s\" is no event number",
						 err_name(optarg));
			options->since = since;
		} else {
			return err_option(ctx, opt, argv);
		}
	}
	return argc == optind ? EXIT_OK : err_usage(ctx, "nothing more is needed");
}

static int print_event(const struct event *event, void *data)
{
	const struct context *ctx = data;
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

static int print_gap(const struct event_gap *gap, void *data)
{
	const struct context *ctx = data;
	char host[TEXT_HOST_MAX];

	text_host(host);
	if (ctx->json)
		event_gap_json_line(stdout, host, gap);
	else
		printf("-- events %" PRIu64 " to %" PRIu64 " are lost: the kernel no longer holds them --\n",
		       gap->first, gap->last);
	return ferror(stdout);
}

static const struct follow_ops ops = { .event = print_event, .gap = print_gap };

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

int verb_events(struct context *ctx, int argc, char **argv)
{
	struct follow f = { .ops = &ops, .data = ctx };
	struct events_options options = { 0 };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	f.last = options.since;
	ret = follow_open(&f, options.follow, &err);
	if (!ret)
		ret = check_since(ctx, &f, &err);
	if (!ret)
		ret = follow_resync(&f, &err);
	if (!ret && options.follow)
		ret = follow(&f, &err);
	follow_close(&f);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
