// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: one line for logs and terminals
 *
 *	42 2026-11-21T06:18:00Z denied EXECUTE "/opt/m2m/evil": unlisted;
 *	by sh[123], uid 0; line 3 of policy gateway 1.0.0
 *	43 2026-11-21T06:18:01Z denied ANON_EXEC (tracing of process 5 (app)): anonymous; ...
 *	44 2026-11-21T06:18:02Z change refused (ETXTBSY): "/usr/lib/x.so": not opened ...; ...
 */
#include <inttypes.h>

#include "lib/base/text.h"
#include "lib/event/decode.h"
#include "text/names.h"

static void add_path(const struct event *event, struct buffer *out)
{
	buffer_add_text(out, "\"");
	text_add_bytes(out, event->path);
	buffer_add_text(out, "\"");
	if (event->path_flags & RIVET_PATH_TRUNCATED)
		buffer_add_text(out, " (cut short)");
	if (event->path_flags & RIVET_PATH_DELETED)
		buffer_add_text(out, " (deleted)");
	if (event->path_flags & RIVET_PATH_FOREIGN)
		buffer_add_text(out, " (in another root)");
}

/* The subject of a verdict: a file, something that has none, or both. */
static void add_object(const struct event *event, struct buffer *out)
{
	bool has_path = event_has(event, RIVET_A_EVENT_PATH);

	if (has_path) {
		buffer_add_text(out, " ");
		add_path(event, out);
	}
	if (event->detail.len) {
		buffer_add_text(out, " (");
		text_add_bytes(out, event->detail);
		buffer_add_text(out, ")");
	} else if (!has_path) {
		buffer_add_text(out, " (no path)");
	}
}

static void add_actor(const struct event *event, struct buffer *out)
{
	if (!event_has(event, RIVET_A_EVENT_PID))
		return;
	buffer_add_text(out, "; by ");
	text_add_bytes(out, event->comm);
	text_add(out, "[%" PRIu32 "], uid %" PRIu32, event->pid, event->uid);
}

static void add_rule(const struct event *event, struct buffer *out)
{
	if (!event_has(event, RIVET_A_EVENT_RULE_LINE))
		return;
	if (!event->rule_line) {
		buffer_add_text(out, "; built-in policy");
		return;
	}
	text_add(out, "; line %" PRIu32 " of policy ", event->rule_line);
	text_add_bytes(out, event->policy);
	buffer_add_text(out, " ");
	text_add_bytes(out, event->policy_version);
}

static void add_verdict(const struct event *event, struct buffer *out)
{
	text_add(out, "%s %s", event_outcome_word(event), rivet_name_op(event->op));
	add_object(event, out);
	text_add(out, ": %s", rivet_name_reason(event->reason));
	if (event->action == RIVET_ACTION_KILL || event->action == RIVET_ACTION_QUARANTINE)
		text_add(out, ", action %s", rivet_name_action(event->action));
	if (event->count > 1)
		text_add(out, " (%" PRIu32 " times)", event->count);
	add_actor(event, out);
	add_rule(event, out);
}

static void add_change(const struct event *event, struct buffer *out)
{
	const char *error = event_errno_name(event->error);

	buffer_add_text(out, rivet_name_event(event->kind));
	if (event->error)
		text_add(out, " refused (%s)", error ? error : "error");
	buffer_add_text(out, ": ");
	if (event_has(event, RIVET_A_EVENT_PATH)) {
		add_path(event, out);
		buffer_add_text(out, ": ");
	}
	text_add_bytes(out, event->detail);
	if (event->count > 1)
		text_add(out, " (%" PRIu32 " times)", event->count);
	add_actor(event, out);
}

/**
 * event_text() - append an event as one line, without the newline
 * @event: the event
 * @out: destination; printable ASCII only
 */
void event_text(const struct event *event, struct buffer *out)
{
	char time[EVENT_TIME_MAX];

	event_time(event->time, false, time);
	text_add(out, "%" PRIu64 " %s ", event->seq, time);
	if (event->kind == RIVET_EVENT_VERDICT)
		add_verdict(event, out);
	else
		add_change(event, out);
}
