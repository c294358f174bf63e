// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the state in files: metrics for a monitoring system, and a sentence for the group
 *
 * The metrics are as node_exporter's textfile collector reads them. Each version of a file replaces
 * the last as a whole.
 */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "group.h"
#include "journal.h"
#include "lib/base/durable.h"
#include "lib/kernel/metrics.h"
#include "lib/kernel/told.h"
#include "metrics_file.h"

#define MODE 0644	/* for a reader of another user; names and numbers of the policy only */

/* Where the agent cannot tell the state, the file is removed rather than left. */
static void tell(struct agent *agent, const struct status *status)
{
	const char *path = agent->config.status;
	struct err err = { 0 };
	int ret;

	if (!status) {
		unlink(path);
		return;
	}
	ret = told_write(path, status, &err);
	if (ret && !agent->told_failed)
		journal_say(LOG_ERR, "%s", err.text);
	agent->told_failed = ret;
}

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

static void write_metrics(struct agent *agent, const struct status *status)
{
	const char *path = agent->config.metrics;
	struct buffer text = { 0 };
	struct err err = { 0 };
	int ret;

	if (status || access("/sys/module/rivet", F_OK))
		metrics_add_status(&text, status);
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

static bool is_telling(const struct agent *agent)
{
	return *agent->config.status && group_is_there();
}

/**
 * metrics_file_wanted() - does anybody read the state?
 * @agent: the agent
 *
 * Return: true if metrics_file_write() has something to do.
 */
bool metrics_file_wanted(const struct agent *agent)
{
	return *agent->config.metrics || is_telling(agent);
}

/**
 * metrics_file_write() - write the files anew that the configuration names
 * @agent: the agent
 *
 * A failure is reported once.
 */
void metrics_file_write(struct agent *agent)
{
	struct status status;
	struct err unused;
	bool known;

	if (!metrics_file_wanted(agent))
		return;
	known = agent->connected && !nl_status(&agent->live.queries, &status, &unused);
	if (*agent->config.metrics)
		write_metrics(agent, known ? &status : NULL);
	if (is_telling(agent))
		tell(agent, known ? &status : NULL);
}

/**
 * metrics_file_remove() - remove the files, which will not be true any more
 * @agent: the agent
 */
void metrics_file_remove(const struct agent *agent)
{
	if (*agent->config.metrics)
		unlink(agent->config.metrics);
	if (is_telling(agent))
		unlink(agent->config.status);
}
