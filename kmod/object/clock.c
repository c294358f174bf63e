// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - clock: the time, which is never before an accepted object was issued
 *
 * A battery fails, and the clock says 1970; root sets it back. A signed object that says
 * when it was issued proves that it is later. So that an expired set does not become valid
 * again, all expiry is decided by the later one of the two times. Nothing shows that a clock
 * is ahead.
 */
#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/time.h>
#include <linux/timekeeping.h>

#include "event/event.h"
#include "object/clock.h"

#define SLACK	(60 * 60)	/* seconds by which the clock of the workshop may be ahead */

static atomic64_t clock_floor;	/* seconds since 1970; 0 if no object said a time */
static atomic_t reported;	/* that the clock is behind, until it is not */

/**
 * rivet_clock_raise() - raise the floor of the clock
 * @issued: seconds since 1970; a lower one than the floor changes nothing
 *
 * Context: any; the caller prevents concurrent calls.
 */
void rivet_clock_raise(s64 issued)
{
	if (issued > atomic64_read(&clock_floor))
		atomic64_set(&clock_floor, issued);
}

/**
 * rivet_clock_floor() - get the floor of the clock
 *
 * Context: any.
 * Return: seconds since 1970; 0 if no object that was accepted said when it was issued.
 */
s64 rivet_clock_floor(void)
{
	return atomic64_read(&clock_floor);
}

/**
 * rivet_clock_is_past() - is a time over?
 * @until: seconds since 1970; 0 is never over
 *
 * Context: any.
 * Return: true from the second after it on, by the clock or its floor, the later of them.
 */
bool rivet_clock_is_past(s64 until)
{
	return until && max_t(s64, ktime_get_real_seconds(), atomic64_read(&clock_floor)) > until;
}

/**
 * rivet_clock_is_behind() - is the clock certainly wrong?
 *
 * Context: any.
 * Return: true if it is more than an hour before its floor.
 */
bool rivet_clock_is_behind(void)
{
	return ktime_get_real_seconds() + SLACK < rivet_clock_floor();
}

/**
 * rivet_clock_report() - report a clock that is behind, once until it is right
 *
 * Context: may sleep.
 */
void rivet_clock_report(void)
{
	struct tm tm;

	if (!rivet_clock_is_behind()) {
		atomic_set(&reported, 0);
		return;
	}
	if (atomic_xchg(&reported, 1))
		return;
	time64_to_tm(rivet_clock_floor(), 0, &tm);
	rivet_event_change(RIVET_EVENT_RIV, 0,
			   "the clock is wrong: it is before %04ld-%02d-%02dT%02d:%02d:%02dZ, when an accepted object was issued; sets expire as if it were that time",
			   tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			   tm.tm_sec);
}
