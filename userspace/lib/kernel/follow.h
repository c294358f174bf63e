/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - following events: every one once, in order, and gaps shown as gaps
 *
 * Sequence numbers are checked here, in a dump as in a multicast. A missing
 * number, or ENOBUFS, leads to another dump of the ring; events that the ring
 * has dropped are a gap.
 */
#ifndef RIVET_FOLLOW_H
#define RIVET_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/event/decode.h"
#include "lib/kernel/nl.h"

/**
 * struct follow_ops - receivers of events and gaps
 * @event: the next event
 * @gap: numbers that are missing before the next event
 *
 * Both return 0, or another value to get the same again later: nothing is taken
 * until follow_resync() is called.
 */
struct follow_ops {
	int (*event)(const struct event *event, void *data);
	int (*gap)(const struct event_gap *gap, void *data);
};

/**
 * struct follow - one follower
 * @ops: receivers
 * @data: for @ops
 * @last: number of the last event taken
 * @stalled: @ops refused an event; multicasts are skipped
 * @lost: a multicast did not follow the last event
 * @queries: connection for dumps
 * @news: connection for multicasts; closed if only dumps are wanted
 */
struct follow {
	const struct follow_ops *ops;
	void *data;
	uint64_t last;
	bool stalled;
	bool lost;
	struct nl queries;
	struct nl news;
};

int follow_take(struct follow *f, const struct event *event);
int follow_open(struct follow *f, bool subscribe, struct err *err);
void follow_close(struct follow *f);
int follow_resync(struct follow *f, struct err *err);
enum nl_news follow_receive(struct follow *f, struct err *err);

#endif /* RIVET_FOLLOW_H */
