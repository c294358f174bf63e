// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - finding one event, in the kernel or in the agent's log
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "find_event.h"
#include "lib/base/config.h"
#include "lib/event/history.h"
#include "lib/kernel/nl.h"

struct search {
	struct found_event *found;
	uint64_t seq;		/* 0: the last refusal, or the last event if there is none */
	bool refusal;		/* @found holds a refusal */
};

static bool is_refusal(const struct event *event)
{
	enum event_outcome outcome = event_outcome(event);

	return outcome == EVENT_REFUSED || outcome == EVENT_WOULD_DENY || outcome == EVENT_DENIED;
}

static bool is_wanted(const struct search *s, const struct event *event)
{
	if (s->seq)
		return event->seq == s->seq;
	return !s->refusal || is_refusal(event);
}

static void keep(struct search *s, const struct event *event)
{
	char *storage;
	struct event copy;

	if (event_copy(event, &copy, &storage))
		return;
	free(s->found->storage);
	s->found->event = copy;
	s->found->storage = storage;
	s->refusal = is_refusal(event);
}

static int look_at(const struct event *event, void *data)
{
	struct search *s = data;

	if (is_wanted(s, event))
		keep(s, event);
	return 0;
}

static int search_kernel(struct search *s, struct err *err)
{
	struct nl nl;
	int ret = nl_open(&nl, err);

	if (!ret)
		ret = nl_events(&nl, s->seq ? s->seq - 1 : 0, look_at, s, err);
	nl_close(&nl);
	return ret;
}

static int look_at_logged(const struct event *event, void *data)
{
	struct search *s = data;

	if (is_wanted(s, event)) {
		keep(s, event);
		s->found->from_log = true;
	}
	return 0;
}

/* Numbers begin anew with each load of the module: the latest event of a number counts. */
static void search_log(struct search *s)
{
	static const struct history_ops ops = { .event = look_at_logged };
	struct config config;
	struct err unused;

	if (!config_read(NULL, &config, &unused) && *config.log)
		history_read(config.log, &ops, s, NULL, &unused);
}

static int search(struct search *s, struct err *err)
{
	int ret = search_kernel(s, err);

	if (!s->found->storage)
		search_log(s);
	if (s->found->storage)
		return EXIT_OK;
	if (ret)
		return ret;
	if (s->seq)
		return err_set(err, EXIT_NOTHING, "see: rivetctl events",
			       "neither the kernel nor the agent's log has an event %" PRIu64,
			       s->seq);
	return err_set(err, EXIT_NOTHING, NULL, "nothing has happened yet: there are no events");
}

/**
 * find_event() - find an event by its number
 * @seq: the number
 * @found: filled; free() @found->storage, also on error
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_NOTHING if the event is nowhere; or the exit status of
 * another error.
 */
int find_event(uint64_t seq, struct found_event *found, struct err *err)
{
	struct search s = { .found = found, .seq = seq };

	memset(found, 0, sizeof(*found));
	return search(&s, err);
}

/**
 * find_last_refusal() - find the newest event that is a refusal, or would be one
 * @found: filled; free() @found->storage, also on error
 * @err: filled on error
 *
 * Without a refusal, it finds the newest event.
 *
 * Return: as find_event().
 */
int find_last_refusal(struct found_event *found, struct err *err)
{
	struct search s = { .found = found };

	memset(found, 0, sizeof(*found));
	return search(&s, err);
}
