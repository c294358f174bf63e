/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the generic netlink family "rivet" from userspace
 */
#ifndef RIVET_NL_H
#define RIVET_NL_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "lib/base/err.h"
#include "lib/event/decode.h"
#include "lib/kernel/status.h"

/**
 * struct nl - a connection to the family
 * @socket: the netlink socket; NULL if closed
 * @family: number of the family
 * @group: number of its multicast group
 * @seq: number of the last request
 */
struct nl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t group;
	uint32_t seq;
};

/** enum nl_news - the result of nl_receive() */
enum nl_news {
	NL_NOTHING,	/* nothing to read, or nothing of interest */
	NL_MESSAGES,	/* handled */
	NL_LOST,	/* the kernel dropped messages: ask for those missing */
	NL_GONE,	/* the module was unloaded */
	NL_STOPPED,	/* the callback ended the walk */
	NL_FAILED,	/* see the error */
};

/* Called for each event; any result but 0 ends the walk. */
typedef int (*nl_event_fn)(const struct event *event, void *data);

/* Called for each message of an answer; any result but 0 ends it. */
typedef int (*nl_answer_fn)(const struct nlmsghdr *nlh, void *data);

int nl_open(struct nl *nl, struct err *err);
void nl_close(struct nl *nl);
int nl_status(struct nl *nl, struct status *out, struct err *err);
int nl_events(struct nl *nl, uint64_t since, nl_event_fn fn, void *data, struct err *err);
struct nlmsghdr *nl_begin(struct nl *nl, void *buf, uint8_t cmd, uint16_t flags);
int nl_ask(struct nl *nl, const struct nlmsghdr *nlh, nl_answer_fn fn, void *data,
	   const char *what, struct err *err);
int nl_subscribe(struct nl *nl, struct err *err);
int nl_fd(const struct nl *nl);
enum nl_news nl_receive(struct nl *nl, nl_event_fn fn, void *data, struct err *err);

#endif /* RIVET_NL_H */
