/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/life: the states of the knowledge of a file's bytes
 */
#ifndef _RIVET_MEASURE_LIFE_H
#define _RIVET_MEASURE_LIFE_H

#include <linux/types.h>

/** enum rivet_life_state - knowledge of a file; each state includes those before it */
enum rivet_life_state {
	RIVET_LIFE_UNKNOWN,	/* nothing is measured */
	RIVET_LIFE_MEASURED,	/* there is a measurement; nothing was permitted by it */
	RIVET_LIFE_MATCHED,	/* a use was permitted as a match */
	RIVET_LIFE_READ,	/* it was opened to be read as a match, too */
	__RIVET_LIFE_STATE_MAX,
};

/** enum rivet_life_event - events that may change the state of a file */
enum rivet_life_event {
	RIVET_LIFE_PUBLISH,	/* a measurement is finished */
	RIVET_LIFE_MATCH,	/* a use is permitted as a match */
	RIVET_LIFE_MATCH_READ,	/* it is opened to be read as a match */
	RIVET_LIFE_DROP,	/* its bytes may change from now on */
	__RIVET_LIFE_EVENT_MAX,
};

/** enum rivet_life_obstacle - why a file must not be changed */
enum rivet_life_obstacle {
	RIVET_LIFE_FREE,	/* it may be changed */
	RIVET_LIFE_HELD,	/* it is being measured, or is about to be mapped */
	RIVET_LIFE_MAPPED,	/* it is mapped executable as verified */
	RIVET_LIFE_BEING_READ,	/* it is being read as verified */
};

/** enum rivet_life_step - one step of a change; each is atomic for other tasks */
enum rivet_life_step {
	RIVET_LIFE_COUNT,	/* count as a writer; fails while writers are denied */
	RIVET_LIFE_LOOK,	/* look for an obstacle; fails if there is one */
	RIVET_LIFE_FORGET,	/* RIVET_LIFE_DROP; cannot fail */
	RIVET_LIFE_UNCOUNT,	/* no longer count as a writer, and permit */
	RIVET_LIFE_GIVE_UP,	/* the same, and refuse */
	RIVET_LIFE_PERMITTED,	/* the end */
	RIVET_LIFE_REFUSED,	/* the other end */
	__RIVET_LIFE_STEP_MAX,
};

/**
 * struct rivet_life_next - the steps that may follow a step
 * @done: the next step if it succeeded
 * @failed: the next step if it failed
 */
struct rivet_life_next {
	enum rivet_life_step done;
	enum rivet_life_step failed;
};

/**
 * struct rivet_life - the state of one file
 * @state: the state
 * @changes: number of drops, so that an outdated measurement is not published
 */
struct rivet_life {
	enum rivet_life_state state;
	u32 changes;
};

extern const struct rivet_life_next rivet_life_change[__RIVET_LIFE_STEP_MAX];

bool rivet_life_publish(struct rivet_life *life, u32 changes);
bool rivet_life_match(struct rivet_life *life, bool same, int writers, bool to_read);
void rivet_life_drop(struct rivet_life *life);
enum rivet_life_obstacle rivet_life_look(enum rivet_life_state state, bool enforcing, bool mapped,
					 bool being_read);

#endif /* _RIVET_MEASURE_LIFE_H */
