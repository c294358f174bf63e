// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/event_text: an event in the file "events"
 */
#include <linux/seq_file.h>

#include "event/line.h"
#include "surface/event_text.h"

static void put_bytes(void *out, const char *bytes, size_t len)
{
	seq_write(out, bytes, len);
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
	const struct rivet_event_line line = { .put = put_bytes, .out = m };
	struct rivet_event_cursor c = { .event = event };
	bool first = true;

	for (; rivet_event_next_field(&c); first = false) {
		if (!first)
			seq_putc(m, ' ');
		rivet_event_line_word(&line, &c);
	}
	seq_putc(m, '\n');
}
