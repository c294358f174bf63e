/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the log of JSON lines
 */
#ifndef RIVETD_LOG_H
#define RIVETD_LOG_H

#include "lib/event/decode.h"

/**
 * struct log - the log file
 * @path: the file; empty for no log
 * @fd: -1 while it is not open
 */
struct log {
	const char *path;
	int fd;
};

/**
 * struct log_end - numbers and time of the last line of the log
 * @first: number of the event, or the first of a gap
 * @last: the same number, or the last of the gap
 * @time: time of the event; 0 for a gap
 */
struct log_end {
	uint64_t first;
	uint64_t last;
	uint64_t time;
};

int log_open(struct log *log, const char *path);
void log_close(struct log *log);
int log_read_end(const struct log *log, struct log_end *end);
int log_event(struct log *log, const struct event *event);
int log_gap(struct log *log, const struct event_gap *gap);
int log_connected(struct log *log, const char *boot_id, const char *version);

#endif /* RIVETD_LOG_H */
