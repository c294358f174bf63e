/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - from the kernel to the logs
 */
#ifndef RIVETD_AGENT_H
#define RIVETD_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence.h"
#include "lib/base/config.h"
#include "lib/kernel/follow.h"
#include "isolation.h"
#include "log.h"
#include "saved.h"
#include "state.h"

/**
 * struct agent - the agent's state
 *
 * Two followers: @live passes events to the system's log as they come and,
 * while the log file can be written, to that too. If it cannot (the disk is
 * full), the kernel's ring keeps holding events, and @backlog fetches the
 * missing ones once the file can be written again.
 *
 * @config: contents of rivetd.conf
 * @log: the log file
 * @state_fd: file that stores how far the log has got; -1 if it cannot be written
 * @state: content of that file
 * @live: subscribed to the events
 * @backlog: dumps for the log file only
 * @saved: the saved quarantine list
 * @isolation: whether the machine is isolated, saved
 * @evidence: the taking of quarantined files
 * @connected: @live is connected
 * @behind: the log file lacks events after @backlog.last
 * @logged: number of the last event or gap that the log file has
 * @complained: the log file's failure was reported
 * @metrics_failed: the failure of the file of metrics was reported
 * @told_failed: likewise of the file for the group
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
	struct saved saved;
	struct isolation isolation;
	struct evidence evidence;
	bool connected;
	bool behind;
	uint64_t logged;
	bool complained;
	bool metrics_failed;
	bool told_failed;
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
