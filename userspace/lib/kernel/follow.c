// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - following events: every one once, in order, and gaps shown as gaps
 */
#include "lib/kernel/follow.h"

/* Datagrams handled by one follow_receive(), so that its caller gets a turn */
#define BATCH 256

static int stall(struct follow *f)
{
	f->stalled = true;
	return -1;
}

/**
 * follow_take() - take the next event of a dump, also after a gap
 * @f: the follower
 * @event: the event; skipped if it was taken before
 *
 * Return: 0; -1 if the follower is stalled now.
 */
int follow_take(struct follow *f, const struct event *event)
{
	struct event_gap gap = { .first = f->last + 1, .last = event->seq - 1 };

	if (event->seq <= f->last)
		return 0;
	if (gap.first <= gap.last) {
		if (f->ops->gap(&gap, f->data))
			return stall(f);
		f->last = gap.last;
	}
	if (f->ops->event(event, f->data))
		return stall(f);
	f->last = event->seq;
	return 0;
}

static int take_dumped(const struct event *event, void *data)
{
	return follow_take(data, event);
}

/* A multicast that does not follow the last event: the ring may hold those between. */
static int take_multicast(const struct event *event, void *data)
{
	struct follow *f = data;

	if (f->stalled || event->seq <= f->last)
		return 0;
	if (event->seq != f->last + 1) {
		f->lost = true;
		return -1;
	}
	return follow_take(f, event);
}

/**
 * follow_open() - connect
 * @f: ops, data and last filled in, everything else 0; close it also on error
 * @subscribe: for follow_receive() as well
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int follow_open(struct follow *f, bool subscribe, struct err *err)
{
	int ret = nl_open(&f->queries, err);

	if (ret || !subscribe)
		return ret;
	ret = nl_open(&f->news, err);
	return ret ? ret : nl_subscribe(&f->news, err);
}

/**
 * follow_close() - disconnect
 * @f: the follower; keeps @f->last
 */
void follow_close(struct follow *f)
{
	nl_close(&f->queries);
	nl_close(&f->news);
}

/**
 * follow_resync() - take every event that the kernel holds and that was not taken
 * yet
 * @f: open
 * @err: filled on error
 *
 * Return: EXIT_OK, also if @f->stalled is set now; or the exit status of the error.
 */
int follow_resync(struct follow *f, struct err *err)
{
	int ret;

	f->stalled = false;
	f->lost = false;
	ret = nl_events(&f->queries, f->last, take_dumped, f, err);
	return f->stalled ? EXIT_OK : ret;
}

/**
 * follow_receive() - take the events that have arrived, without waiting
 * @f: open and subscribed
 * @err: filled on error
 *
 * Return: NL_LOST if follow_resync() is needed; NL_GONE if the module was
 * unloaded; NL_FAILED with @err filled; else NL_MESSAGES or NL_NOTHING.
 */
enum nl_news follow_receive(struct follow *f, struct err *err)
{
	enum nl_news news = NL_NOTHING;
	int i;

	for (i = 0; i < BATCH; i++) {
		enum nl_news one = nl_receive(&f->news, take_multicast, f, err);

		if (one == NL_LOST || f->lost)
			return NL_LOST;
		if (one == NL_GONE || one == NL_FAILED)
			return one;
		if (one == NL_NOTHING)
			break;
		news = NL_MESSAGES;
	}
	return news;
}
