// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: the JSON form
 *
 * Used by rivetd, rivetctl events and rivetctl why. A member is written only if
 * the kernel sent it. event/load.c reads it back.
 */
#include <string.h>

#include "lib/event/decode.h"
#include "lib/event/fields.h"

static void put_flags(struct json *json, const char *key, uint64_t flags)
{
	const char *word;
	unsigned int bit;

	json_array(json, key);
	for (bit = 0; (word = event_field_flag(bit)); bit++) {
		if (flags & 1 << bit)
			json_text(json, NULL, word);
	}
	json_close(json);
}

static void put_text(struct json *json, const struct event *event, const struct event_field *field)
{
	struct buffer text = { 0 };

	event_field_text(event, field, &text);
	if (text.data)
		json_text(json, field->key, text.data);
	buffer_free(&text);
}

static void put_number(struct json *json, const struct event *event,
		       const struct event_field *field)
{
	uint64_t number = event_field_number(event, field);

	switch (field->form) {
	case RIVET_FORM_U64:
	case RIVET_FORM_U32:
		json_u64(json, field->key, number);
		break;
	case RIVET_FORM_LOGINUID:
		if (number == UINT32_MAX)	/* nobody logged in */
			json_null(json, field->key);
		else
			json_u64(json, field->key, number);
		break;
	case RIVET_FORM_FLAGS:
		put_flags(json, field->key, number);
		break;
	default:
		put_text(json, event, field);
	}
}

static void put_field(struct json *json, const struct event *event, const struct event_field *field)
{
	const struct rivet_slice *slice;

	if (!event_has(event, field->attr))
		return;
	if (!event_field_is_slice(field)) {
		put_number(json, event, field);
		return;
	}
	slice = event_field_slice((struct event *)event, field);
	json_bytes(json, field->key, slice->ptr, slice->len);
}

static void put_outcome(struct json *json, const struct event *event)
{
	json_bool(json, "permitted", !event->error);
	json_u64(json, "errno", event->error);
	if (event->error && event_errno_name(event->error))
		json_text(json, "error", event_errno_name(event->error));
	json_text(json, "severity", event_severity_word(event));
}

/**
 * event_json() - write an event's members into an open object
 * @json: being written
 * @event: the event
 */
void event_json(struct json *json, const struct event *event)
{
	const struct event_field *field;

	for (field = event_fields; field < event_fields + event_fields_count; field++) {
		if (field->attr == RIVET_A_EVENT_ERRNO)
			put_outcome(json, event);
		else
			put_field(json, event, field);
	}
}

/**
 * event_json_line() - write an event as one line, schema rivet.event/1
 * @out: where to
 * @host: name of this machine
 * @event: the event
 */
void event_json_line(FILE *out, const char *host, const struct event *event)
{
	struct json json;

	json_begin(&json, out, "rivet.event/1");
	event_json(&json, event);
	json_bytes(&json, "host", host, strlen(host));
	json_end(&json);
}

/**
 * event_gap_json_line() - write a gap as one line, schema rivet.gap/1
 * @out: output stream
 * @host: name of this machine
 * @gap: the missing events
 */
void event_gap_json_line(FILE *out, const char *host, const struct event_gap *gap)
{
	struct json json;

	json_begin(&json, out, "rivet.gap/1");
	json_u64(&json, "first", gap->first);
	json_u64(&json, "last", gap->last);
	json_u64(&json, "lost", gap->last - gap->first + 1);
	json_text(&json, "severity", "warning");
	json_bytes(&json, "host", host, strlen(host));
	json_end(&json);
}
