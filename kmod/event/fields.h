/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - event/fields: the fields of an event, one after the other
 */
#ifndef _RIVET_EVENT_FIELDS_H
#define _RIVET_EVENT_FIELDS_H

#include <linux/types.h>

#include "event/event.h"
#include "text/digest.h"
#include "text/fields.h"
#include "text/parse.h"

/** enum rivet_field_when - which events have a field, see text/fields.def */
enum rivet_field_when {
	RIVET_FIELD_ALL,
	RIVET_FIELD_FILE,
	RIVET_FIELD_VERDICT,
	RIVET_FIELD_SET,
};

/**
 * struct rivet_event_field - a field
 * @key: its name
 * @attr: enum rivet_a_event
 * @form: enum rivet_field_form
 * @when: enum rivet_field_when
 * @offset: of its member in struct rivet_event; of its length if @form is a text
 */
struct rivet_event_field {
	const char *key;
	u8 attr;
	u8 form;
	u8 when;
	u16 offset;
};

/**
 * struct rivet_event_cursor - a field of an event, with its value
 *
 * The fields of an event that it has not are left out.
 *
 * @event: the event, held by the caller
 * @field: the field; NULL before the first
 * @number: its value, if it is one
 * @text: its value otherwise; in @event, or in @room
 * @room: for a digest or version as text, terminated
 * @texts: end of the texts of @event before the next field
 */
struct rivet_event_cursor {
	const struct rivet_event *event;
	const struct rivet_event_field *field;
	u64 number;
	struct rivet_slice text;
	char room[RIVET_DIGEST_TEXT_MAX];
	size_t texts;
};

bool rivet_event_next_field(struct rivet_event_cursor *cursor);

#endif /* _RIVET_EVENT_FIELDS_H */
