/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the state in files: metrics for a monitoring system, and a sentence for the group
 */
#ifndef RIVETD_METRICS_FILE_H
#define RIVETD_METRICS_FILE_H

#include "agent.h"

bool metrics_file_wanted(const struct agent *agent);
void metrics_file_write(struct agent *agent);
void metrics_file_remove(const struct agent *agent);

#endif /* RIVETD_METRICS_FILE_H */
