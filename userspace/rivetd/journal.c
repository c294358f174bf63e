// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the system's log: systemd's journal with fields, or syslog(3)
 *
 * The journal's native protocol is a datagram of NAME=value lines. No value
 * here has a newline: text from outside is escaped.
 */
#include <ctype.h>
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
#include "lib/event/fields.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"
#define IDENTIFIER	"rivetd"
#define SEND_SECONDS	2	/* wait for a busy journal; after that the entry is lost there */

static int journal_fd = -1;
static bool own_words_to_stderr;

/**
 * journal_open() - prepare for entries
 * @to_stderr: the agent's own messages go to standard error, not events
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
 * journal_close() - close the connection
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

static void begin_entry(struct buffer *entry, int priority, const char *message)
{
	text_add(entry, "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=" IDENTIFIER
		 "\nSYSLOG_FACILITY=%d\n", message, priority, LOG_FAC(LOG_DAEMON));
}

/* RIVET_KEY=value for each field. */
static void add_field(struct buffer *entry, const struct event *event,
		      const struct event_field *field)
{
	const char *key;

	if (!event_has(event, field->attr))
		return;
	buffer_add_text(entry, "RIVET_");
	for (key = field->key; *key; key++)
		text_add(entry, "%c", toupper((unsigned char)*key));
	buffer_add_text(entry, "=");
	event_field_text(event, field, entry);
	buffer_add_text(entry, "\n");
}

static void add_fields(struct buffer *entry, const struct event *event)
{
	size_t i;

	text_add(entry, "RIVET_OUTCOME=%s\n", event_outcome_word(event));
	for (i = 0; i < event_fields_count; i++)
		add_field(entry, event, &event_fields[i]);
}

/**
 * journal_event() - write an event to the system's log
 * @event: the event
 */
void journal_event(const struct event *event)
{
	struct buffer message = { 0 }, entry = { 0 };

	event_text(event, &message);
	if (message.data) {
		begin_entry(&entry, event_severity(event), message.data);
		add_fields(&entry, event);
		if (!send_entry(&entry))
			syslog(event_severity(event), "%s", message.data);
	}
	buffer_free(&message);
	buffer_free(&entry);
}

/**
 * journal_gap() - report missing events to the system's log
 * @gap: the missing events
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
 * journal_say() - write a message of the agent
 * @priority: LOG_ERR and the like
 * @fmt: the message
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
