/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the module's state as metrics, in the text format of Prometheus
 */
#ifndef RIVET_METRICS_H
#define RIVET_METRICS_H

#include "lib/kernel/status.h"

/** enum metric_type - types of metrics */
enum metric_type {
	METRIC_GAUGE,		/* rises and falls */
	METRIC_COUNTER,		/* rises, until the module is loaded or the agent started anew */
};

void metric_add(struct buffer *out, const char *name, enum metric_type type, const char *help,
		uint64_t value);
void metrics_add_status(struct buffer *out, const struct status *status);

#endif /* RIVET_METRICS_H */
