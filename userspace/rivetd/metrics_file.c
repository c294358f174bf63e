// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - a file of metrics for a monitoring system to read
 *
 * As node_exporter's textfile collector reads it. Each version replaces the last as a whole.
 */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "journal.h"
#include "lib/base/durable.h"
#include "lib/kernel/metrics.h"
#include "metrics_file.h"

#define MODE 0644	/* for a reader of another user; names and numbers of the policy only */

static void add_agent(struct buffer *out, const struct agent *agent)
{
	metric_add(out, "rivet_agent_connected", METRIC_GAUGE,
		   "1 if the agent follows the events.", agent->connected);
	metric_add(out, "rivet_agent_behind", METRIC_GAUGE,
		   "1 if the agent cannot write its log.", agent->behind);
	metric_add(out, "rivet_agent_logged_total", METRIC_COUNTER,
		   "Events that the agent has logged.", agent->recorded);
	metric_add(out, "rivet_agent_lost_total", METRIC_COUNTER,
		   "Events that the agent has missed.", agent->lost);
}

/**
 * metrics_file_write() - write the file anew, if the configuration names one
 * @agent: the agent
 *
 * A failure is reported once.
 */
void metrics_file_write(struct agent *agent)
{
	const char *path = agent->config.metrics;
	struct buffer text = { 0 };
	struct status status;
	struct err err = { 0 };
	int ret;

	if (!*path)
		return;
	ret = agent->connected ? nl_status(&agent->live.queries, &status, &err) : EXIT_UNREACHABLE;
	if (!ret)
		metrics_add_status(&text, &status);
	else if (access("/sys/module/rivet", F_OK))
		metrics_add_status(&text, NULL);
	add_agent(&text, agent);
	if (text.failed)
		ret = err_set(&err, EXIT_OTHER, NULL, "cannot write %s: out of memory",
			      err_name(path));
	else
		ret = durable_write(path, MODE, text.data, text.len, &err);
	if (ret && !agent->metrics_failed)
		journal_say(LOG_ERR, "%s", err.text);
	agent->metrics_failed = ret;
	buffer_free(&text);
}

/**
 * metrics_file_remove() - remove the file: what it tells will not be true any more
 * @agent: the agent
 */
void metrics_file_remove(const struct agent *agent)
{
	if (*agent->config.metrics)
		unlink(agent->config.metrics);
}
