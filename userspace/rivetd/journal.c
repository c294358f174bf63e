// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the system's log: systemd's journal with fields, or syslog(3)
 *
 * The journal's native protocol is a datagram of NAME=value lines. No value
 * here has a newline: whatever comes from outside is escaped.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "journal.h"
#include "lib/base/text.h"
#include "text/names.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"
#define IDENTIFIER	"rivetd"
#define SEND_SECONDS	2	/* that a busy journal may take; then the entry is lost there */

static int journal_fd = -1;
static bool own_words_to_stderr;

/**
 * journal_open() - get ready
 * @to_stderr: the agent's own words go to standard error, not events
 */
void journal_open(bool to_stderr)
{
	struct timeval timeout = { .tv_sec = SEND_SECONDS };

	own_words_to_stderr = to_stderr;
	openlog(IDENTIFIER, LOG_PID, LOG_DAEMON);
	journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (journal_fd >= 0)
		setsockopt(journal_fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

/**
 * journal_close() - done with it
 */
void journal_close(void)
{
	if (journal_fd >= 0)
		close(journal_fd);
	journal_fd = -1;
	closelog();
}

static bool send_entry(const struct buffer *entry)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };

	return journal_fd >= 0 && !entry->failed &&
	       sendto(journal_fd, entry->data, entry->len, MSG_NOSIGNAL, (void *)&to,
		      sizeof(to)) == (ssize_t)entry->len;
}

static int priority_of(const struct event *event)
{
	switch (event_outcome(event)) {
	case EVENT_DENIED:
	case EVENT_REFUSED:
	case EVENT_WOULD_DENY:
		return LOG_WARNING;
	case EVENT_DONE:
		return LOG_NOTICE;
	default:
		return LOG_INFO;
	}
}

static void begin_entry(struct buffer *entry, int priority, const char *message)
{
	text_add(entry, "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=" IDENTIFIER
		 "\nSYSLOG_FACILITY=%d\n", message, priority, LOG_FAC(LOG_DAEMON));
}

static void add_bytes(struct buffer *entry, const struct event *event, enum rivet_a_event attr,
		      const char *name, struct rivet_slice value)
{
	if (!event_has(event, attr))
		return;
	text_add(entry, "RIVET_%s=", name);
	text_add_bytes(entry, value);
	text_add(entry, "\n");
}

static void add_word(struct buffer *entry, const struct event *event, enum rivet_a_event attr,
		     const char *name, const char *value)
{
	if (event_has(event, attr))
		text_add(entry, "RIVET_%s=%s\n", name, value);
}

static void add_number(struct buffer *entry, const struct event *event, enum rivet_a_event attr,
		       const char *name, uint64_t value)
{
	if (event_has(event, attr))
		text_add(entry, "RIVET_%s=%" PRIu64 "\n", name, value);
}

static void add_verdict(struct buffer *entry, const struct event *e)
{
	add_word(entry, e, RIVET_A_EVENT_OP, "OP", rivet_name_op(e->op));
	add_word(entry, e, RIVET_A_EVENT_HOOK, "HOOK", rivet_name_hook(e->hook));
	add_word(entry, e, RIVET_A_EVENT_MODE, "MODE", rivet_name_mode(e->mode));
	add_word(entry, e, RIVET_A_EVENT_ACTION, "ACTION", rivet_name_action(e->action));
	add_word(entry, e, RIVET_A_EVENT_REASON, "REASON", rivet_name_reason(e->reason));
	add_bytes(entry, e, RIVET_A_EVENT_PATH, "PATH", e->path);
	add_bytes(entry, e, RIVET_A_EVENT_MEASURED, "MEASURED", e->measured);
	add_bytes(entry, e, RIVET_A_EVENT_EXPECTED, "EXPECTED", e->expected);
	add_bytes(entry, e, RIVET_A_EVENT_EXPECTED_PATH, "EXPECTED_PATH", e->expected_path);
	add_bytes(entry, e, RIVET_A_EVENT_SET, "SET", e->set);
	add_number(entry, e, RIVET_A_EVENT_SET_VERSION, "SET_VERSION", e->set_version);
	add_bytes(entry, e, RIVET_A_EVENT_POLICY_NAME, "POLICY", e->policy);
	add_bytes(entry, e, RIVET_A_EVENT_POLICY_VERSION, "POLICY_VERSION", e->policy_version);
	add_number(entry, e, RIVET_A_EVENT_RULE_LINE, "RULE_LINE", e->rule_line);
}

static void add_fields(struct buffer *entry, const struct event *e)
{
	text_add(entry, "RIVET_SEQ=%" PRIu64 "\nRIVET_KIND=%s\nRIVET_COUNT=%" PRIu32
		 "\nRIVET_ERRNO=%" PRIu32 "\nRIVET_OUTCOME=%s\n", e->seq, rivet_name_event(e->kind),
		 e->count, e->error, event_outcome_word(e));
	add_verdict(entry, e);
	add_number(entry, e, RIVET_A_EVENT_PID, "PID", e->pid);
	add_number(entry, e, RIVET_A_EVENT_UID, "UID", e->uid);
	add_number(entry, e, RIVET_A_EVENT_LOGINUID, "LOGINUID", e->loginuid);
	add_bytes(entry, e, RIVET_A_EVENT_COMM, "COMM", e->comm);
	add_bytes(entry, e, RIVET_A_EVENT_EXE, "EXE", e->exe);
	add_bytes(entry, e, RIVET_A_EVENT_EXE_FILE, "EXE_FILE", e->exe_file);
	add_bytes(entry, e, RIVET_A_EVENT_DETAIL, "DETAIL", e->detail);
}

/**
 * journal_event() - hand an event to the system's log
 * @event: the event
 */
void journal_event(const struct event *event)
{
	struct buffer message = { 0 }, entry = { 0 };

	event_text(event, &message);
	if (message.data) {
		begin_entry(&entry, priority_of(event), message.data);
		add_fields(&entry, event);
		if (!send_entry(&entry))
			syslog(priority_of(event), "%s", message.data);
	}
	buffer_free(&message);
	buffer_free(&entry);
}

/**
 * journal_gap() - hand word of missing events to the system's log
 * @gap: what is missing
 */
void journal_gap(const struct event_gap *gap)
{
	struct buffer entry = { 0 }, message = { 0 };

	text_add(&message, "events %" PRIu64 " to %" PRIu64
		 " are lost: the kernel no longer holds them", gap->first, gap->last);
	if (message.data) {
		begin_entry(&entry, LOG_WARNING, message.data);
		text_add(&entry, "RIVET_GAP_FIRST=%" PRIu64 "\nRIVET_GAP_LAST=%" PRIu64 "\n",
			 gap->first, gap->last);
		if (!send_entry(&entry))
			syslog(LOG_WARNING, "%s", message.data);
	}
	buffer_free(&message);
	buffer_free(&entry);
}

/**
 * journal_say() - the agent's own words
 * @priority: LOG_ERR and the like
 * @fmt: the words
 */
void journal_say(int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (own_words_to_stderr) {
		fputs(IDENTIFIER ": ", stderr);
		vfprintf(stderr, fmt, args);
		putc('\n', stderr);
	} else {
		vsyslog(priority, fmt, args);
	}
	va_end(args);
}
