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

/* The member that a form is kept in; of a text, its length. */
#define U64_OF(member)		member
#define TIME_OF(member)		member
#define MAGIC_OF(member)	member
#define U32_OF(member)		member
#define LOGINUID_OF(member)	member
#define DEV_OF(member)		member
#define FLAGS_OF(member)	member
#define KIND_OF(member)		member
#define OP_OF(member)		member
#define HOOK_OF(member)		member
#define MODE_OF(member)		member
#define ACTION_OF(member)	member
#define REASON_OF(member)	member
#define DIGEST_OF(member)	member
#define NAME_OF(member)		member
#define VERSION_OF(member)	member
#define COMM_OF(member)		member
#define TEXT_OF(member)		member##_len
#define DETAIL_OF(member)	member##_len

static const struct rivet_event_field fields[] = {
#define RIVET_FIELD(id, name, member, kept, events) \
	{ .key = name, .attr = RIVET_A_EVENT_##id, .form = RIVET_FORM_##kept, \
	  .when = RIVET_FIELD_##events, \
	  .offset = offsetof(struct rivet_event, kept##_OF(member)) },
#include "text/fields.def"
#undef RIVET_FIELD
};

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

static void read_version(struct rivet_event_cursor *c, u64 version)
{
	c->text.len = scnprintf(c->room, sizeof(c->room), "%u.%u.%u", (u32)(version >> 32),
				(u32)(version >> 16) & 0xffff, (u32)version & 0xffff);
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

static void read_value(struct rivet_event_cursor *c)
{
	const void *member = (const char *)c->event + c->field->offset;

	c->text = (struct rivet_slice){ .ptr = c->room };
	switch (c->field->form) {
	case RIVET_FORM_U64:
	case RIVET_FORM_TIME:
	case RIVET_FORM_MAGIC:
		c->number = *(const u64 *)member;
		break;
	case RIVET_FORM_U32:
	case RIVET_FORM_LOGINUID:
		c->number = *(const u32 *)member;
		break;
	case RIVET_FORM_DEV:
		c->number = *(const dev_t *)member;
		break;
	case RIVET_FORM_DIGEST:
		read_digest(c, member);
		break;
	case RIVET_FORM_VERSION:
		read_version(c, *(const u64 *)member);
		break;
	case RIVET_FORM_NAME:
		read_name(c, member, RIVET_NAME_MAX);
		break;
	case RIVET_FORM_COMM:
		read_name(c, member, sizeof(c->event->comm));
		break;
	case RIVET_FORM_TEXT:
	case RIVET_FORM_DETAIL:
		read_text(c, member);
		break;
	default:	/* flags and words */
		c->number = *(const u8 *)member;
	}
}

static bool is_empty(const struct rivet_event_cursor *c)
{
	return c->field->form >= RIVET_FORM_DIGEST && !c->text.len;
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
