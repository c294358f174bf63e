/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - a file of metrics for a monitoring system to read
 */
#ifndef RIVETD_METRICS_FILE_H
#define RIVETD_METRICS_FILE_H

#include "agent.h"

#define METRICS_MSEC	30000	/* between two versions of the file */

void metrics_file_write(struct agent *agent);
void metrics_file_remove(const struct agent *agent);

#endif /* RIVETD_METRICS_FILE_H */
