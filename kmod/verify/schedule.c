// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - verify/schedule: SET reverify=
 *
 * All files of all sets are read again, from the device where the filesystem can: that fills no
 * page cache, and finds a change of the disk before it is used. Each period is up to a tenth
 * shorter, so that the machines of a fleet do not all read at once.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "verify/schedule.h"
#include "verify/verify.h"

static void begin(struct work_struct *work);

/* Protects the period. A leaf lock, but for the kernel's own of timers and work. */
static DEFINE_SPINLOCK(schedule_lock);
static u32 period;	/* seconds; 0: none */
static u32 last_ticket;	/* of the last one; used by the work item alone */
static DECLARE_DELAYED_WORK(reverify_work, begin);

static unsigned long next_delay(u32 seconds)
{
	const u64 whole = (u64)seconds * HZ;

	return whole - get_random_u32() % (whole / 10);
}

/* One that takes longer than its period is not joined by another. */
static bool goes_on(void)
{
	struct rivet_verify *v = last_ticket ? rivet_verify_get(last_ticket) : NULL;
	struct rivet_verify_counts counts;
	enum rivet_verify_state state;
	u64 ended = 1;

	if (!v)
		return false;
	rivet_verify_read(v, &counts, &state, &ended);
	rivet_verify_put(v);
	return !ended;
}

static int start(void)
{
	struct rivet_verify *v = rivet_verify_alloc();
	int err;

	if (!v)
		return -ENOMEM;
	v->order.fresh = true;
	v->order.scheduled = true;
	err = rivet_verify_start(v);
	if (!err)
		last_ticket = v->ticket;
	rivet_verify_put(v);
	return err;
}

static void begin(struct work_struct *work)
{
	int err = goes_on() ? -EALREADY : start();

	if (err)
		rivet_event_change(RIVET_EVENT_VERIFY, err, "reverify was not started: %s",
				   err == -EALREADY ? "that of before goes on" : "out of memory");
	spin_lock(&schedule_lock);
	if (period)
		schedule_delayed_work(&reverify_work, next_delay(period));
	spin_unlock(&schedule_lock);
}

/**
 * rivet_schedule_set() - verify all sets again and again
 * @seconds: the period, at least 10; 0 for never
 *
 * A period that stays the same goes on. A verification that has begun is not ended.
 *
 * Context: may sleep.
 */
void rivet_schedule_set(u32 seconds)
{
	spin_lock(&schedule_lock);
	if (seconds != period)
		cancel_delayed_work(&reverify_work);
	if (seconds && seconds != period)
		schedule_delayed_work(&reverify_work, next_delay(seconds));
	period = seconds;
	spin_unlock(&schedule_lock);
}

/**
 * rivet_schedule_exit() - begin no verification any more
 *
 * Context: may sleep; before rivet_verify_exit().
 */
void rivet_schedule_exit(void)
{
	rivet_schedule_set(0);
	cancel_delayed_work_sync(&reverify_work);
}
