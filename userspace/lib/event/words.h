/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - events in userspace: the words of event_explain()
 *
 * The texts are templates: %p is the path of the file, quoted for a shell, or FILE if
 * the path means nothing on the host; %e the path that a RIV names and %x that of the
 * acting program, quoted too; %b the command that makes a manifest; %s the name of
 * the RIV set, %A and %a its name in a sentence; %o the operation, %u the use in a
 * manifest that it needs, %l the rule's line, %m the number of the filesystem, %d the
 * detail.
 */
#ifndef RIVET_EVENT_WORDS_H
#define RIVET_EVENT_WORDS_H

#include "lib/event/decode.h"

/**
 * struct template - an event in words
 * @what: the meaning
 * @next: the advice, in lines
 */
struct template {
	const char *what;
	const char *next;
};

/** enum event_place - the place of a file, as far as its path tells */
enum event_place {
	EVENT_PLACE_HERE,	/* at the path */
	EVENT_PLACE_ELSEWHERE,	/* below another root, such as a container's */
	EVENT_PLACE_GONE,	/* nowhere: its name was removed */
	EVENT_PLACE_SHORT,	/* at a path too long for the event */
	EVENT_PLACE_TEMPORARY,	/* in a folder where names are made anew each time */
	__EVENT_PLACE_MAX,
};

const struct template *event_words(const struct event *event, enum event_place place);
const char *event_words_of_place(enum event_place place);

#endif /* RIVET_EVENT_WORDS_H */
