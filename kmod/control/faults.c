// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/faults: parts of the configuration that are not in force
 *
 * The module never sees a file that is missing from /etc/rivet. So rivetctl apply, which looks
 * for all of them, tells how many it left out, and that is an event and part of the state. It
 * changes no decision.
 */
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "control/faults.h"
#include "event/event.h"
#include "text/names.h"
#include "text/parse.h"

#define COUNT_MAX	9999

static u32 faults;	/* at the last run; read and written without a lock */

/**
 * rivet_faults_count() - count the parts that the last run of rivetctl apply left out
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_faults_count(void)
{
	return READ_ONCE(faults);
}

static void report(u32 count, u32 before, struct rivet_slice why)
{
	char shown[RIVET_FAULTS_TEXT_MAX];

	rivet_name_mark_cut(shown, sizeof(shown),
			    rivet_name_escape(why.ptr, why.len, shown, sizeof(shown)));
	if (count)
		rivet_event_change(RIVET_EVENT_MODE, 0,
				   "ALARM: %u part(s) of /etc/rivet are not in force%s%s", count,
				   why.len ? "; the first: " : "", shown);
	else if (before)
		rivet_event_change(RIVET_EVENT_MODE, 0, "all of /etc/rivet is in force again");
}

/**
 * rivet_faults_write() - note the parts that a run of rivetctl apply left out
 * @text: their number, and then, behind a blank, a sentence about the first of them
 * @len: its bytes
 *
 * Context: may sleep; the caller has checked that the task is permitted to do this.
 * Return: 0; -EINVAL without a number up to 9999.
 */
int rivet_faults_write(const char *text, size_t len)
{
	struct rivet_slice why = { .ptr = text, .len = len }, number;
	u64 count;

	if (!rivet_slice_take_until(&why, ' ', &number)) {
		number = why;
		why.len = 0;
	}
	if (rivet_parse_u64(number.ptr, number.len, &count) || count > COUNT_MAX)
		return -EINVAL;
	report(count, xchg(&faults, count), why);
	return 0;
}

/**
 * rivet_faults_show() - print the number, as rivet_faults_write() takes it
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_faults_show(struct seq_file *m)
{
	seq_printf(m, "%u\n", rivet_faults_count());
	return 0;
}
