/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - telling the service manager (sd_notify(3), without its library)
 */
#ifndef RIVETD_NOTIFY_H
#define RIVETD_NOTIFY_H

void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int notify_watchdog_interval(void);

#endif /* RIVETD_NOTIFY_H */
