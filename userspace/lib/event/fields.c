// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: the table of their fields
 */
#include <inttypes.h>

#include "lib/base/text.h"
#include "lib/event/fields.h"

const struct event_field event_fields[] = {
#define RIVET_FIELD(id, name, member, kept, when) \
	{ name, RIVET_A_EVENT_##id, RIVET_FORM_##kept, offsetof(struct event, member) },
#include "text/fields.def"
};

const size_t event_fields_count = sizeof(event_fields) / sizeof(event_fields[0]);

/**
 * event_field_is_slice() - is the value of a field a text?
 * @field: the field
 *
 * Return: true if it is stored in a struct rivet_slice, false if it is a
 * number.
 */
bool event_field_is_slice(const struct event_field *field)
{
	return RIVET_FIELD_TYPE(field->form) >= RIVET_FIELD_STRING;
}

/**
 * event_field_slice() - the text of a field
 * @event: the event
 * @field: a field with a text
 *
 * Return: the member of @event.
 */
struct rivet_slice *event_field_slice(struct event *event, const struct event_field *field)
{
	return (struct rivet_slice *)((char *)event + field->offset);
}

/**
 * event_field_number() - the number of a field
 * @event: the event
 * @field: a field with a number
 *
 * Return: the number; for a word, its value in the enumeration.
 */
uint64_t event_field_number(const struct event *event, const struct event_field *field)
{
	const void *member = (const char *)event + field->offset;

	switch (RIVET_FIELD_TYPE(field->form)) {
	case RIVET_FIELD_U64:
		return *(const uint64_t *)member;
	case RIVET_FIELD_U32:
		return *(const uint32_t *)member;
	default:
		return *(const uint8_t *)member;
	}
}

/**
 * event_field_flag() - word of a path flag
 * @bit: its number
 *
 * Return: a static string; NULL if there is no such flag.
 */
const char *event_field_flag(unsigned int bit)
{
	switch (1 << bit) {
	case RIVET_PATH_DELETED:
		return "deleted";
	case RIVET_PATH_FOREIGN:
		return "foreign";
	case RIVET_PATH_TRUNCATED:
		return "truncated";
	default:
		return NULL;
	}
}

static void add_flags(uint64_t flags, struct buffer *out)
{
	const char *word, *separator = "";
	unsigned int bit;

	for (bit = 0; (word = event_field_flag(bit)); bit++) {
		if (!(flags & 1 << bit))
			continue;
		text_add(out, "%s%s", separator, word);
		separator = ",";
	}
}

/**
 * event_field_text() - append the value of a field as text
 * @event: the event
 * @field: the field
 * @out: destination; printable ASCII only
 */
void event_field_text(const struct event *event, const struct event_field *field,
		      struct buffer *out)
{
	char time[EVENT_TIME_MAX];
	uint64_t number;

	if (event_field_is_slice(field)) {
		text_add_bytes(out, *event_field_slice((struct event *)event, field));
		return;
	}
	number = event_field_number(event, field);
	switch (field->form) {
	case RIVET_FORM_TIME:
		event_time(number, true, time);
		buffer_add_text(out, time);
		break;
	case RIVET_FORM_MAGIC:
		text_add(out, "0x%" PRIx64, number);
		break;
	case RIVET_FORM_DEV:
		text_add(out, "%u:%u", event_dev_major(event), event_dev_minor(event));
		break;
	case RIVET_FORM_FLAGS:
		add_flags(number, out);
		break;
	case RIVET_FORM_U64:
	case RIVET_FORM_U32:
	case RIVET_FORM_LOGINUID:
		text_add(out, "%" PRIu64, number);
		break;
	default:
		buffer_add_text(out, rivet_field_word(field->form, number));
	}
}
