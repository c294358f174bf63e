/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/event_text: an event in the file "events"
 */
#ifndef _RIVET_SURFACE_EVENT_TEXT_H
#define _RIVET_SURFACE_EVENT_TEXT_H

struct rivet_event;
struct seq_file;

void rivet_event_text_print(struct seq_file *m, const struct rivet_event *event);

#endif /* _RIVET_SURFACE_EVENT_TEXT_H */
