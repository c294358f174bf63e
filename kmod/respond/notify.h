/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/notify: a program is told that the machine is about to be isolated
 */
#ifndef _RIVET_RESPOND_NOTIFY_H
#define _RIVET_RESPOND_NOTIFY_H

#include "respond/cause.h"

void rivet_notify_send(const struct rivet_response_cause *cause);
void rivet_notify_exit(void);

#endif /* _RIVET_RESPOND_NOTIFY_H */
