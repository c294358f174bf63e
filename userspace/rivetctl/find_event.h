/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - finding one event, in the kernel or in the agent's log
 */
#ifndef RIVETCTL_FIND_EVENT_H
#define RIVETCTL_FIND_EVENT_H

#include "lib/event/decode.h"
#include "verbs.h"

/**
 * struct found_event - the event found
 * @event: the event; points into @storage
 * @storage: free with free()
 * @from_log: it comes from the agent's log, not from the kernel
 */
struct found_event {
	struct event event;
	char *storage;
	bool from_log;
};

int find_event(uint64_t seq, struct found_event *found, struct err *err);
int find_last_refusal(struct found_event *found, struct err *err);

#endif /* RIVETCTL_FIND_EVENT_H */
