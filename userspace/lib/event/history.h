/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - events in userspace: reading a log of JSON lines, as rivetd writes it
 */
#ifndef RIVET_HISTORY_H
#define RIVET_HISTORY_H

#include "lib/base/err.h"
#include "lib/event/decode.h"

/**
 * struct history_ops - receivers of the lines
 * @event: an event; numbers begin anew with each load of the module
 * @gap: events that are lost; may be NULL
 *
 * Both return 0, or another value to end the reading.
 */
struct history_ops {
	int (*event)(const struct event *event, void *data);
	int (*gap)(const struct event_gap *gap, void *data);
};

bool history_parse_gap(const char *line, struct event_gap *gap);
int history_read(const char *path, const struct history_ops *ops, void *data, size_t *strange,
		 struct err *err);

#endif /* RIVET_HISTORY_H */
