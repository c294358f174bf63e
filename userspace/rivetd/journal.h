/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the system's log: systemd's journal with fields, or syslog(3)
 */
#ifndef RIVETD_JOURNAL_H
#define RIVETD_JOURNAL_H

#include <stdbool.h>

#include "lib/event/decode.h"

void journal_open(bool to_stderr);
void journal_close(void);
void journal_event(const struct event *event);
void journal_gap(const struct event_gap *gap);
void journal_say(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* RIVETD_JOURNAL_H */
