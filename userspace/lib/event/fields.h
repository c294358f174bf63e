/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - events in userspace: the table of their fields
 *
 * Generated from the kernel's text/fields.def. Netlink, JSON and the journal use this
 * table, so that none of them names a field.
 */
#ifndef RIVET_USER_EVENT_FIELDS_H
#define RIVET_USER_EVENT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/file.h"
#include "lib/event/decode.h"
#include "text/fields.h"

/**
 * struct event_field - one field
 *
 * @key: its name
 * @attr: its attribute, and its bit in @present of struct event
 * @form: how its value is stored and written
 * @offset: offset of its member in struct event
 */
struct event_field {
	const char *key;
	enum rivet_a_event attr;
	enum rivet_field_form form;
	size_t offset;
};

extern const struct event_field event_fields[];
extern const size_t event_fields_count;

bool event_field_is_slice(const struct event_field *field);
struct rivet_slice *event_field_slice(struct event *event, const struct event_field *field);
uint64_t event_field_number(const struct event *event, const struct event_field *field);
const char *event_field_flag(unsigned int bit);
void event_field_text(const struct event *event, const struct event_field *field,
		      struct buffer *out);

#endif /* RIVET_USER_EVENT_FIELDS_H */
