// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - event/line: an event as a line of text
 *
 * The words are KEY=VALUE, and a text from outside is quoted and escaped, so that no name
 * can pass for another word or line. The event chain covers these words, so that their
 * form must not change: see Documentation/formats.md.
 */
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "event/line.h"
#include "text/names.h"

#define BYTES_AT_ONCE	32	/* bytes escaped in one step */
#define NUMBER_MAX	sizeof("18446744073709551615.999999999")

static void put_text(const struct rivet_event_line *line, const char *text)
{
	line->put(line->out, text, strlen(text));
}

static void put_quoted(const struct rivet_event_line *line, struct rivet_slice text)
{
	char escaped[4 * BYTES_AT_ONCE + 1];
	size_t part;

	put_text(line, "\"");
	for (; text.len; text.ptr += part, text.len -= part) {
		part = min_t(size_t, text.len, BYTES_AT_ONCE);
		rivet_name_escape(text.ptr, part, escaped, sizeof(escaped));
		put_text(line, escaped);
	}
	put_text(line, "\"");
}

static void put_number(const struct rivet_event_line *line, const struct rivet_event_cursor *c)
{
	char text[NUMBER_MAX];

	switch (c->field->form) {
	case RIVET_FORM_TIME:
		snprintf(text, sizeof(text), "%llu.%09llu", c->number / NSEC_PER_SEC,
			 c->number % NSEC_PER_SEC);
		break;
	case RIVET_FORM_MAGIC:
		snprintf(text, sizeof(text), "0x%llx", c->number);
		break;
	case RIVET_FORM_DEV:
		snprintf(text, sizeof(text), "%u:%u", MAJOR((dev_t)c->number),
			 MINOR((dev_t)c->number));
		break;
	default:
		snprintf(text, sizeof(text), "%llu", c->number);
	}
	put_text(line, text);
}

static void put_value(const struct rivet_event_line *line, const struct rivet_event_cursor *c)
{
	switch (c->field->form) {
	case RIVET_FORM_DIGEST:
	case RIVET_FORM_NAME:
	case RIVET_FORM_VERSION:
	case RIVET_FORM_LINK:
		line->put(line->out, c->text.ptr, c->text.len);
		break;
	case RIVET_FORM_COMM:
	case RIVET_FORM_TEXT:
	case RIVET_FORM_DETAIL:
		put_quoted(line, c->text);
		break;
	case RIVET_FORM_KIND:
	case RIVET_FORM_OP:
	case RIVET_FORM_HOOK:
	case RIVET_FORM_MODE:
	case RIVET_FORM_ACTION:
	case RIVET_FORM_REASON:
		put_text(line, rivet_field_word(c->field->form, c->number));
		break;
	default:
		put_number(line, c);
	}
}

/**
 * rivet_event_line_word() - write a field as a word of the line
 * @line: the line
 * @cursor: the field, from rivet_event_next_field()
 *
 * Context: any in which @line->put may be called.
 */
void rivet_event_line_word(const struct rivet_event_line *line,
			   const struct rivet_event_cursor *cursor)
{
	put_text(line, cursor->field->key);
	put_text(line, "=");
	put_value(line, cursor);
}
