// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - from the kernel to the logs
 */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "agent.h"
#include "journal.h"
#include "notify.h"
#include "reboots.h"
#include "remedy.h"

static void report_trouble(struct agent *agent, int error)
{
	if (agent->complained)
		return;
	agent->complained = true;
	journal_say(LOG_ERR, "cannot write %s: %s; the kernel holds the unwritten events, up to its limit",
		    agent->config.log, strerror(-error));
	notify_send("STATUS=cannot write %s: %s", agent->config.log, strerror(-error));
}

/* The log file is tried again later; @last is the last number that it has. */
static void fall_behind(struct agent *agent, uint64_t last, int error)
{
	report_trouble(agent, error);
	agent->backlog.last = last;
	agent->behind = true;
}

static void remember(struct agent *agent, uint64_t seq, uint64_t time)
{
	agent->state.seq = seq;
	agent->state.time = time;
	if (agent->state_fd >= 0 && state_write(agent->state_fd, &agent->state)) {
		journal_say(LOG_ERR, "cannot write %s: after a restart, events may be logged twice",
			    agent->config.state);
		close(agent->state_fd);
		agent->state_fd = -1;
	}
}

static int record_event(struct agent *agent, const struct event *event)
{
	int ret = log_event(&agent->log, event);

	if (ret)
		return ret;
	agent->recorded++;
	agent->logged = event->seq;
	remember(agent, event->seq, event->time);
	return 0;
}

static int record_gap(struct agent *agent, const struct event_gap *gap)
{
	int ret = log_gap(&agent->log, gap);

	if (!ret)
		agent->logged = gap->last;
	return ret;
}

/* Catching up may already have taken events that the other follower has yet to receive. */
static bool is_for_log(const struct agent *agent, uint64_t seq)
{
	return !agent->behind && seq > agent->logged;
}

static void note_isolation(struct agent *agent, const struct event *event)
{
	const bool permits = event->kind == RIVET_EVENT_MODE || event->kind == RIVET_EVENT_POLICY;

	if (permits || event->kind == RIVET_EVENT_ISOLATE)
		isolation_note(&agent->isolation, permits);
	if (event->kind == RIVET_EVENT_ISOLATE)
		reboots_note();
}

/*
 * The set that lists the agent may have come just now. A refusal to this very agent must not make
 * it ask again at once.
 */
static void note_evidence(struct agent *agent, const struct event *event)
{
	if (!event->error &&
	    (event->kind == RIVET_EVENT_QUARANTINE || event->kind == RIVET_EVENT_RIV))
		agent->evidence.due = true;
}

static int take_live_event(const struct event *event, void *data)
{
	struct agent *agent = data;
	int ret;

	if (event->kind == RIVET_EVENT_QUARANTINE)
		saved_note(&agent->saved);
	note_evidence(agent, event);
	note_isolation(agent, event);
	remedy_ask(agent->config.remedy, event);
	if (agent->config.syslog)
		journal_event(event);
	if (!is_for_log(agent, event->seq))
		return 0;
	ret = record_event(agent, event);
	if (ret)
		fall_behind(agent, event->seq - 1, ret);
	return 0;
}

static int take_live_gap(const struct event_gap *gap, void *data)
{
	struct agent *agent = data;
	int ret;

	agent->lost += gap->last - gap->first + 1;
	saved_note(&agent->saved);
	isolation_note(&agent->isolation, true);
	reboots_note();
	agent->evidence.due = true;
	if (agent->config.syslog)
		journal_gap(gap);
	if (!is_for_log(agent, gap->last))
		return 0;
	ret = record_gap(agent, gap);
	if (ret)
		fall_behind(agent, gap->first - 1, ret);
	return 0;
}

static int take_old_event(const struct event *event, void *data)
{
	return record_event(data, event);
}

static int take_old_gap(const struct event_gap *gap, void *data)
{
	return record_gap(data, gap);
}

static const struct follow_ops live_ops = { .event = take_live_event, .gap = take_live_gap };
static const struct follow_ops backlog_ops = { .event = take_old_event, .gap = take_old_gap };

/**
 * agent_init() - open the files
 * @agent: filled
 * @config: contents of rivetd.conf
 *
 * A file that cannot be opened is reported, and tried again.
 */
void agent_init(struct agent *agent, const struct config *config)
{
	int ret;

	memset(agent, 0, sizeof(*agent));
	agent->config = *config;
	agent->live = (struct follow){ .ops = &live_ops, .data = agent };
	agent->backlog = (struct follow){ .ops = &backlog_ops, .data = agent };
	saved_init(&agent->saved, agent->config.quarantine_list);
	isolation_init(&agent->isolation);
	ret = log_open(&agent->log, agent->config.log);
	if (ret)
		report_trouble(agent, ret);
	ret = state_open(agent->config.state, &agent->state_fd);
	if (ret)
		journal_say(LOG_ERR, "cannot open %s: %s; after a restart, events may be logged twice",
			    agent->config.state, strerror(-ret));
	else
		state_read(agent->state_fd, &agent->state);
}

static void disconnect(struct agent *agent)
{
	follow_close(&agent->live);
	follow_close(&agent->backlog);
	saved_disconnected(&agent->saved);
	agent->connected = false;
	agent->behind = false;
}

/**
 * agent_close() - close all
 * @agent: the agent
 */
void agent_close(struct agent *agent)
{
	if (agent->connected) {
		saved_finish(&agent->saved);
		isolation_work(&agent->isolation, agent->isolation.due);
	}
	disconnect(agent);
	log_close(&agent->log);
	if (agent->state_fd >= 0)
		close(agent->state_fd);
}

struct witness {
	uint64_t seq;
	uint64_t time;
};

static int take_witness(const struct event *event, void *data)
{
	*(struct witness *)data = (struct witness){ .seq = event->seq, .time = event->time };
	return 1;
}

/*
 * Numbers begin anew when the module is loaded again. The saved state counts if
 * it is of this boot, and if the kernel holds the same event under that number,
 * or none.
 */
static bool is_continued(struct agent *agent, const struct status *status, const char *boot_id)
{
	struct witness witness = { 0 };
	struct err unused;

	if (strcmp(agent->state.boot_id, boot_id) || agent->state.seq > status->events_last)
		return false;
	if (!agent->state.seq)
		return true;
	nl_events(&agent->live.queries, agent->state.seq - 1, take_witness, &witness, &unused);
	return witness.seq != agent->state.seq || witness.time == agent->state.time;
}

/* An agent that was killed may have logged more than its state tells. */
static void trust_log(struct agent *agent, const struct status *status)
{
	struct log_end end;

	if (log_read_end(&agent->log, &end) || end.last > status->events_last)
		return;
	if (end.time ? end.last > agent->state.seq && end.time >= agent->state.time :
		       end.first == agent->state.seq + 1) {
		agent->state.seq = end.last;
		agent->state.time = end.time;
	}
}

static void resume(struct agent *agent, const struct status *status)
{
	char boot_id[STATE_BOOT_ID_MAX];
	int ret;

	state_get_boot_id(boot_id);
	if (is_continued(agent, status, boot_id))
		trust_log(agent, status);
	else
		agent->state = (struct state){ 0 };
	memcpy(agent->state.boot_id, boot_id, sizeof(boot_id));
	remember(agent, agent->state.seq, agent->state.time);
	agent->live.last = agent->state.seq;
	agent->logged = agent->state.seq;
	ret = log_connected(&agent->log, boot_id, status->version);
	if (ret)
		fall_behind(agent, agent->live.last, ret);
}

/**
 * agent_connect() - connect to the module and take all past events
 * @agent: not connected
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE if the module is not loaded; or the exit
 * status of another error.
 */
int agent_connect(struct agent *agent, struct err *err)
{
	struct status status;
	int ret = follow_open(&agent->live, true, err);

	if (!ret)
		ret = follow_open(&agent->backlog, false, err);
	if (!ret)
		ret = nl_status(&agent->live.queries, &status, err);
	if (!ret) {
		resume(agent, &status);
		ret = follow_resync(&agent->live, err);
	}
	if (ret)
		disconnect(agent);
	else
		agent->connected = true;
	if (!ret) {
		saved_connected(&agent->saved);
		isolation_connected(&agent->isolation);
		evidence_connected(&agent->evidence, &agent->config);
		reboots_tell();
	}
	return ret;
}

static void lose_connection(struct agent *agent, const char *why)
{
	journal_say(LOG_NOTICE, "%s", why);
	disconnect(agent);
}

/**
 * agent_receive() - take the events that have arrived
 * @agent: connected; may be disconnected afterwards
 */
void agent_receive(struct agent *agent)
{
	struct err err = { 0 };

	switch (follow_receive(&agent->live, &err)) {
	case NL_LOST:
		if (follow_resync(&agent->live, &err))
			lose_connection(agent, err.text);
		break;
	case NL_GONE:
		lose_connection(agent, "the rivet module was unloaded");
		break;
	case NL_FAILED:
		lose_connection(agent, err.text);
		break;
	default:
		break;
	}
}

/**
 * agent_catch_up() - try to write the events that the log file lacks
 * @agent: the agent
 */
void agent_catch_up(struct agent *agent)
{
	struct err err = { 0 };

	if (!agent->connected || !agent->behind)
		return;
	if (follow_resync(&agent->backlog, &err)) {
		lose_connection(agent, err.text);
		return;
	}
	if (agent->backlog.stalled)
		return;
	agent->behind = false;
	agent->complained = false;
	journal_say(LOG_NOTICE, "%s is written again", agent->config.log);
	notify_send("STATUS=following");
}

/**
 * agent_reload() - close the files and open those of a new configuration
 * @agent: the agent
 * @config: the new contents of rivetd.conf
 */
void agent_reload(struct agent *agent, const struct config *config)
{
	int ret;

	agent->config.syslog = config->syslog;
	agent->config.evidence_max = config->evidence_max;
	memcpy(agent->config.remedy, config->remedy, sizeof(config->remedy));
	memcpy(agent->config.metrics, config->metrics, sizeof(config->metrics));
	agent->metrics_failed = false;
	log_close(&agent->log);
	memcpy(agent->config.log, config->log, sizeof(config->log));
	agent->complained = false;
	ret = log_open(&agent->log, agent->config.log);
	if (ret)
		report_trouble(agent, ret);
}
