// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/life: the states of the knowledge of a file's bytes
 *
 * The table of states is beside struct rivet_inode, which keeps one. Each function
 * but rivet_life_look() is called under the lock of the record.
 *
 * The one rule: only a task that counts as a writer of the inode (i_writecount above zero)
 * may set RIVET_LIFE_UNKNOWN, and it counts as a writer from its look for obstacles until it
 * has dropped. So no denial of write access is pending, neither of a task that measures
 * nor of one that is about to map. And no use is permitted as a match meanwhile, because a
 * match requires that there is no writer. A refused task has dropped nothing.
 */
#include "measure/life.h"

/* The order of a change. A drop must never come before the look or the count. */
const struct rivet_life_next rivet_life_change[__RIVET_LIFE_STEP_MAX] = {
	[RIVET_LIFE_COUNT]	= { .done = RIVET_LIFE_LOOK, .failed = RIVET_LIFE_REFUSED },
	[RIVET_LIFE_LOOK]	= { .done = RIVET_LIFE_FORGET, .failed = RIVET_LIFE_GIVE_UP },
	[RIVET_LIFE_FORGET]	= { .done = RIVET_LIFE_UNCOUNT, .failed = RIVET_LIFE_GIVE_UP },
	[RIVET_LIFE_UNCOUNT]	= { RIVET_LIFE_PERMITTED, RIVET_LIFE_PERMITTED },
	[RIVET_LIFE_GIVE_UP]	= { RIVET_LIFE_REFUSED, RIVET_LIFE_REFUSED },
	[RIVET_LIFE_PERMITTED]	= { RIVET_LIFE_PERMITTED, RIVET_LIFE_PERMITTED },
	[RIVET_LIFE_REFUSED]	= { RIVET_LIFE_REFUSED, RIVET_LIFE_REFUSED },
};

static const enum rivet_life_state next_state[__RIVET_LIFE_STATE_MAX][__RIVET_LIFE_EVENT_MAX] = {
	/* in the order of enum rivet_life_event: publish, match, match_read, drop */
	[RIVET_LIFE_UNKNOWN]	= { RIVET_LIFE_MEASURED, RIVET_LIFE_UNKNOWN,
				    RIVET_LIFE_UNKNOWN, RIVET_LIFE_UNKNOWN },
	[RIVET_LIFE_MEASURED]	= { RIVET_LIFE_MEASURED, RIVET_LIFE_MATCHED,
				    RIVET_LIFE_READ, RIVET_LIFE_UNKNOWN },
	[RIVET_LIFE_MATCHED]	= { RIVET_LIFE_MATCHED, RIVET_LIFE_MATCHED,
				    RIVET_LIFE_READ, RIVET_LIFE_UNKNOWN },
	[RIVET_LIFE_READ]	= { RIVET_LIFE_READ, RIVET_LIFE_READ,
				    RIVET_LIFE_READ, RIVET_LIFE_UNKNOWN },
};

/**
 * rivet_life_publish() - record that a measurement is finished
 * @life: of the file
 * @changes: @life->changes when it began
 *
 * Context: any; the record's lock is held.
 * Return: true if it is valid; false if the file has changed meanwhile.
 */
bool rivet_life_publish(struct rivet_life *life, u32 changes)
{
	if (life->changes != changes)
		return false;
	life->state = next_state[life->state][RIVET_LIFE_PUBLISH];
	return true;
}

/**
 * rivet_life_match() - permit a use of a file that matches a RIV
 * @life: of the file
 * @same: the current measurement is the one that was compared with the RIV
 * @writers: the inode's i_writecount, read under the lock
 * @to_read: the use is an open for reading
 *
 * Context: any; the record's lock is held.
 * Return: true if permitted; false if the file has changed meanwhile, or may change.
 */
bool rivet_life_match(struct rivet_life *life, bool same, int writers, bool to_read)
{
	if (!same || writers > 0 || life->state == RIVET_LIFE_UNKNOWN)
		return false;
	life->state = next_state[life->state][to_read ? RIVET_LIFE_MATCH_READ : RIVET_LIFE_MATCH];
	return true;
}

/**
 * rivet_life_drop() - invalidate the measurement before the bytes change
 * @life: of the file
 *
 * A measurement that is under way will not be published either.
 *
 * Context: any; the record's lock is held.
 */
void rivet_life_drop(struct rivet_life *life)
{
	life->changes++;
	life->state = next_state[life->state][RIVET_LIFE_DROP];
}

/**
 * rivet_life_look() - whether a file is in use as verified
 * @state: of the file, read under the lock while the caller counts as a writer
 * @enforcing: enforce mode; audit mode has no obstacles
 * @mapped: whether it is mapped executable; matters from RIVET_LIFE_MATCHED on
 * @being_read: whether it is open for reading only; matters in RIVET_LIFE_READ
 *
 * Context: any.
 * Return: the obstacle.
 */
enum rivet_life_obstacle rivet_life_look(enum rivet_life_state state, bool enforcing, bool mapped,
					 bool being_read)
{
	if (!enforcing)
		return RIVET_LIFE_FREE;
	if (state >= RIVET_LIFE_MATCHED && mapped)
		return RIVET_LIFE_MAPPED;
	if (state == RIVET_LIFE_READ && being_read)
		return RIVET_LIFE_BEING_READ;
	return RIVET_LIFE_FREE;
}
