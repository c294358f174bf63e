/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - from the kernel to the logs
 */
#ifndef RIVETD_AGENT_H
#define RIVETD_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/config.h"
#include "lib/kernel/follow.h"
#include "log.h"
#include "state.h"

/**
 * struct agent - all there is
 *
 * Two followers: @live hands events to the system's log as they come and, while
 * the log file can be written, to that too. If it cannot (the disk is full),
 * the kernel's ring goes on holding events, and @backlog fetches from it what
 * the file still lacks once it can be written again.
 *
 * @config: what rivetd.conf says
 * @log: the log file
 * @state_fd: file that remembers how far the log has got; -1 if it cannot be written
 * @state: what it says
 * @live: subscribed to the events
 * @backlog: dumps for the log file only
 * @connected: @live is
 * @behind: the log file lacks events after @backlog.last
 * @logged: number of the last event or gap that the log file has
 * @complained: the trouble with the log file was reported
 * @recorded: events in the log file since the start
 * @lost: events missing since the start
 */
struct agent {
	struct config config;
	struct log log;
	int state_fd;
	struct state state;
	struct follow live;
	struct follow backlog;
	bool connected;
	bool behind;
	uint64_t logged;
	bool complained;
	uint64_t recorded;
	uint64_t lost;
};

void agent_init(struct agent *agent, const struct config *config);
void agent_close(struct agent *agent);
int agent_connect(struct agent *agent, struct err *err);
void agent_receive(struct agent *agent);
void agent_catch_up(struct agent *agent);
void agent_reload(struct agent *agent, const struct config *config);

#endif /* RIVETD_AGENT_H */
