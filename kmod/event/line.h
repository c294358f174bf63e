/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - event/line: an event as a line of text
 */
#ifndef _RIVET_EVENT_LINE_H
#define _RIVET_EVENT_LINE_H

#include <linux/types.h>

#include "event/fields.h"

/**
 * struct rivet_event_line - a line being written
 * @put: takes the next bytes of it
 * @out: for @put
 */
struct rivet_event_line {
	void (*put)(void *out, const char *bytes, size_t len);
	void *out;
};

void rivet_event_line_word(const struct rivet_event_line *line,
			   const struct rivet_event_cursor *cursor);

#endif /* _RIVET_EVENT_LINE_H */
