/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the events of a log of rivetd, or those that the kernel holds
 */
#ifndef RIVETCTL_RECORDED_H
#define RIVETCTL_RECORDED_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/event/decode.h"

/**
 * struct recorded - events that are read
 * @take: called for each event; returns 0, or -ENOMEM to end the reading
 * @data: for @take
 * @gaps: places where events are lost
 * @others: lines that are no events
 * @last: number of the last event of the kernel
 */
struct recorded {
	int (*take)(const struct event *event, void *data);
	void *data;
	uint64_t gaps;
	uint64_t others;
	uint64_t last;
};

int recorded_file(struct recorded *recorded, const char *path, struct err *err);
int recorded_kernel(struct recorded *recorded, struct err *err);

#endif /* RIVETCTL_RECORDED_H */
