// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - event/fields: the fields of an event, one after the other
 *
 * Netlink and securityfs write an event by this walk, so that a field is named in
 * text/fields.def alone.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "event/fields.h"
#include "text/version3.h"

#define FIELD(id, name, kept, events, at) \
	{ .key = name, .attr = RIVET_A_EVENT_##id, .form = RIVET_FORM_##kept, \
	  .when = RIVET_FIELD_##events, .offset = offsetof(struct rivet_event, at) },

static const struct rivet_event_field fields[] = {
#define RIVET_FIELD(id, key, member, form, when) FIELD(id, key, form, when, member)
#define RIVET_TEXT(id, key, member, form, when) FIELD(id, key, form, when, member##_len)
#include "text/fields.def"
};

static_assert(RIVET_DIGEST_TEXT_MAX >= RIVET_VERSION3_MAX, "the room of a cursor is for both");
static_assert(sizeof(dev_t) == sizeof(u32), "a device is kept in a u32");
/* All attributes but the one without a meaning and the one that pads. */
static_assert(ARRAY_SIZE(fields) == RIVET_A_EVENT_MAX - RIVET_A_EVENT_PAD,
	      "a field has one line in text/fields.def");

static bool has_field(const struct rivet_event *event, const struct rivet_event_field *field)
{
	switch (field->when) {
	case RIVET_FIELD_FILE:
		return event->kind == RIVET_EVENT_VERDICT || event->kind == RIVET_EVENT_CHANGE;
	case RIVET_FIELD_VERDICT:
		return event->kind == RIVET_EVENT_VERDICT;
	case RIVET_FIELD_SET:
		return event->kind == RIVET_EVENT_VERDICT && event->set[0];
	default:
		return true;
	}
}

static void read_digest(struct rivet_event_cursor *c, const struct rivet_digest *digest)
{
	if (!digest->alg)
		return;
	rivet_digest_format(digest, c->room, sizeof(c->room));
	c->text.len = strlen(c->room);
}

static void read_link(struct rivet_event_cursor *c, const u8 *link)
{
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256 };

	memcpy(digest.bytes, link, RIVET_CHAIN_SIZE);
	read_digest(c, &digest);
}

static void read_text(struct rivet_event_cursor *c, const u16 *len)
{
	c->text.ptr = c->event->text + c->texts;
	c->text.len = *len;
	c->texts += *len;
}

static void read_name(struct rivet_event_cursor *c, const char *name, size_t room)
{
	c->text.ptr = name;
	c->text.len = strnlen(name, room);
}

static void read_string(struct rivet_event_cursor *c, const void *member)
{
	c->text = (struct rivet_slice){ .ptr = c->room };
	switch (c->field->form) {
	case RIVET_FORM_DIGEST:
		read_digest(c, member);
		break;
	case RIVET_FORM_LINK:
		read_link(c, member);
		break;
	case RIVET_FORM_VERSION:
		c->text.len = rivet_version3_text(*(const u64 *)member, c->room);
		break;
	case RIVET_FORM_NAME:
		read_name(c, member, RIVET_NAME_MAX);
		break;
	case RIVET_FORM_COMM:
		read_name(c, member, sizeof(c->event->comm));
		break;
	default:
		read_text(c, member);
	}
}

static void read_value(struct rivet_event_cursor *c)
{
	const void *member = (const char *)c->event + c->field->offset;

	switch (RIVET_FIELD_TYPE(c->field->form)) {
	case RIVET_FIELD_U64:
		c->number = *(const u64 *)member;
		break;
	case RIVET_FIELD_U32:
		c->number = *(const u32 *)member;
		break;
	case RIVET_FIELD_U8:
		c->number = *(const u8 *)member;
		break;
	default:
		read_string(c, member);
	}
}

/* A text without bytes; or a zero about the file of an event that is about none. */
static bool is_empty(const struct rivet_event_cursor *c)
{
	if (RIVET_FIELD_TYPE(c->field->form) >= RIVET_FIELD_STRING)
		return !c->text.len;
	return c->field->when == RIVET_FIELD_FILE && !c->number && !c->event->dev &&
	       !c->event->ino;
}

/**
 * rivet_event_next_field() - go to the next field that an event has
 * @cursor: with the event alone to begin with, then unchanged from call to call
 *
 * Context: any.
 * Return: true if there is one; false after the last.
 */
bool rivet_event_next_field(struct rivet_event_cursor *cursor)
{
	const struct rivet_event_field *field = cursor->field ? cursor->field + 1 : fields;

	for (; field < fields + ARRAY_SIZE(fields); field++) {
		cursor->field = field;
		read_value(cursor);
		if (has_field(cursor->event, field) && !is_empty(cursor))
			return true;
	}
	return false;
}
