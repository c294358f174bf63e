/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the kernel's present verdict on the request of an event
 */
#ifndef RIVETCTL_NOW_H
#define RIVETCTL_NOW_H

#include "lib/event/decode.h"
#include "lib/kernel/answer.h"

/**
 * struct now - the present verdict
 * @text: the kernel's answer; the others point into it
 * @op: the answer about the event's operation; NULL if the kernel could not be
 * asked
 * @event: the event with the present verdict
 */
struct now {
	struct buffer text;
	struct answer answer;
	const struct answer_op *op;
	struct event event;
};

void now_ask(const struct event *event, struct now *now);
bool now_differs(const struct now *now, const struct event *event);
void now_free(struct now *now);

#endif /* RIVETCTL_NOW_H */
