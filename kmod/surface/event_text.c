// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/event_text: an event as a line of text
 *
 * The words are KEY=VALUE, and a text from outside is quoted and escaped, so that no name
 * can pass for another word or line.
 */
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/time64.h>

#include "event/fields.h"
#include "surface/event_text.h"
#include "text/names.h"

#define BYTES_AT_ONCE	64	/* bytes escaped in one step */

static void print_quoted(struct seq_file *m, struct rivet_slice text)
{
	char escaped[4 * BYTES_AT_ONCE + 1];
	size_t part;

	seq_putc(m, '"');
	for (; text.len; text.ptr += part, text.len -= part) {
		part = min_t(size_t, text.len, BYTES_AT_ONCE);
		rivet_name_escape(text.ptr, part, escaped, sizeof(escaped));
		seq_puts(m, escaped);
	}
	seq_putc(m, '"');
}

static void print_value(struct seq_file *m, const struct rivet_event_cursor *c)
{
	switch (c->field->form) {
	case RIVET_FORM_U64:
	case RIVET_FORM_U32:
	case RIVET_FORM_LOGINUID:
	case RIVET_FORM_FLAGS:
		seq_printf(m, "%llu", c->number);
		break;
	case RIVET_FORM_TIME:
		seq_printf(m, "%llu.%09llu", c->number / NSEC_PER_SEC, c->number % NSEC_PER_SEC);
		break;
	case RIVET_FORM_MAGIC:
		seq_printf(m, "0x%llx", c->number);
		break;
	case RIVET_FORM_DEV:
		seq_printf(m, "%u:%u", MAJOR((dev_t)c->number), MINOR((dev_t)c->number));
		break;
	case RIVET_FORM_DIGEST:
	case RIVET_FORM_NAME:
	case RIVET_FORM_VERSION:
		seq_write(m, c->text.ptr, c->text.len);
		break;
	case RIVET_FORM_COMM:
	case RIVET_FORM_TEXT:
	case RIVET_FORM_DETAIL:
		print_quoted(m, c->text);
		break;
	default:
		seq_puts(m, rivet_field_word(c->field->form, c->number));
	}
}

/**
 * rivet_event_text_print() - print an event as a line
 * @m: output
 * @event: the event, held by the caller
 *
 * Context: may sleep.
 */
void rivet_event_text_print(struct seq_file *m, const struct rivet_event *event)
{
	struct rivet_event_cursor c = { .event = event };
	bool first = true;

	for (; rivet_event_next_field(&c); first = false) {
		seq_printf(m, "%s%s=", first ? "" : " ", c.field->key);
		print_value(m, &c);
	}
	seq_putc(m, '\n');
}
