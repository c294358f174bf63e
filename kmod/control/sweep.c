// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/sweep: look at the programs that run already
 *
 * When a policy that depends on the acting program becomes active, the programs with a
 * recorded start are named. A sweep has each process judged, in passes, until no new one comes.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "control/judge.h"
#include "control/kill.h"
#include "control/processes.h"
#include "control/sweep.h"
#include "event/event.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "process/naming.h"
#include "process/program.h"
#include "process/starts.h"

#define PASSES_MAX	4	/* over processes created during the sweep */

/* Returns false if no process was created after @since, or if memory runs out. */
static bool look_at_all(struct rivet_sweep *sweep, u64 since,
			void (*progress)(const struct rivet_sweep_counts *counts))
{
	struct rivet_processes all;
	unsigned int i;
	bool any;

	if (!rivet_processes_get(&all, since)) {
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: what runs already was not looked at");
		sweep->counts.incomplete = true;
		return false;
	}
	any = all.count;
	for (i = 0; i < all.count && !sweep->stopped(); i++) {
		rivet_judge_process(sweep, all.leaders[i]);
		progress(&sweep->counts);
		cond_resched();
	}
	rivet_processes_put(&all);
	return any;
}

/**
 * rivet_sweep_programs() - name the programs with a recorded start
 *
 * If memory runs out for a program, this is reported: its process matches no exe= rule.
 *
 * Context: may sleep; rivet_settings_lock held; the hooks of the active policy are attached.
 */
void rivet_sweep_programs(void)
{
	unsigned int missed;

	if (!rivet_policy_acts(RIVET_OP_ANON_EXEC) && !rivet_policy_uses_exe())
		return;
	missed = rivet_program_name_all(rivet_naming_find);
	if (missed)
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: it is not known what %u processes run; load the policy again, or start them anew",
				   missed);
}

/* Returns the number of processes that a killed program has started meanwhile. */
static unsigned int kill_rest(struct rivet_sweep *sweep)
{
	unsigned int i, n = 0;

	for (i = 0; i < PASSES_MAX; i++) {
		n = rivet_kill_rest(&sweep->kill);
		sweep->counts.killed += n;
		sweep->counts.unnamed += n;
		if (!n)
			break;
		cond_resched();
	}
	return n;
}

/*
 * A process that ends before its examination may have children that share its mappings.
 * Processes created during the sweep are therefore examined too.
 */
static void look_in_passes(struct rivet_sweep *sweep,
			   void (*progress)(const struct rivet_sweep_counts *counts))
{
	struct rivet_sweep_counts *counts = &sweep->counts;
	unsigned int killed, rest = 0;
	u64 since = 0, now;

	do {
		/* A process gets its start time shortly before it is added to the list. */
		now = ktime_get_ns() - 20 * NSEC_PER_MSEC;
		killed = counts->killed;
		if (!look_at_all(sweep, since, progress) || sweep->stopped())
			return;
		rest = kill_rest(sweep);
		since = now;
	} while (++counts->passes < PASSES_MAX);
	if (rest || counts->killed != killed)
		counts->incomplete = true;
}

static void report_end(const struct rivet_sweep *sweep)
{
	const struct rivet_sweep_counts *counts = &sweep->counts;

	if (fatal_signal_pending(current))
		rivet_event_change(RIVET_EVENT_MODE, -EINTR, "killed: not all of what runs already was looked at");
	else if (sweep->stopped())
		rivet_event_change(RIVET_EVENT_MODE, -EINTR, "cancelled: not all of what runs already was looked at");
	else if (counts->incomplete && counts->passes == PASSES_MAX)
		rivet_event_change(RIVET_EVENT_RUNNING, -EAGAIN, "already running: killed programs still started others after %u passes: rivetctl running --start",
				   PASSES_MAX);
	if (counts->missed)
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: %u mapped files of what runs already were not looked at",
				   counts->missed);
	if (sweep->reported > RIVET_SWEEP_LINES_MAX)
		rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: %u more mapped files that would be refused",
				   sweep->reported - RIVET_SWEEP_LINES_MAX);
	if (counts->unnamed)
		rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: %u processes killed, or files quarantined, that no other event names",
				   counts->unnamed);
	if (counts->held)
		rivet_event_change(RIVET_EVENT_RUNNING, -EPERM, "already running: the brake held for %u mapped files after %u programs; to go on: rivetctl running --start",
				   counts->held, counts->programs);
	if (counts->pending)
		rivet_event_change(RIVET_EVENT_RUNNING, -EBUSY, "already running: %u killed processes have not ended yet",
				   counts->pending);
}

static void run(struct rivet_sweep *sweep,
		void (*progress)(const struct rivet_sweep_counts *counts))
{
	struct rivet_sweep_counts *counts = &sweep->counts;

	look_in_passes(sweep, progress);
	if (sweep->stopped() || counts->missed)
		counts->incomplete = true;
	counts->pending = rivet_kill_wait(&sweep->kill, sweep->stopped);
	report_end(sweep);
	progress(counts);
	rivet_kill_end(&sweep->kill);
}

/**
 * rivet_sweep_run() - look at all programs that run, and act by the rules for RUNNING
 * @locked: kill nothing: the brake of an earlier sweep held
 * @stopped: ends the sweep when it returns true, at the latest after the file being read
 * @progress: called with the results so far, and at the end
 *
 * Complete but for what its results say. If memory runs out for a file, the sweep continues
 * with the next, and this is reported. In audit mode nothing is killed.
 *
 * Context: may sleep and read files; one sweep at a time.
 */
void rivet_sweep_run(bool locked, bool (*stopped)(void),
		     void (*progress)(const struct rivet_sweep_counts *counts))
{
	const struct rivet_sweep_counts none = { .incomplete = true };
	struct rivet_sweep *sweep = kzalloc(sizeof(*sweep), GFP_KERNEL);

	if (!sweep) {
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: what runs already was not looked at");
		progress(&none);
		return;
	}
	sweep->brake.locked = locked;
	sweep->stopped = stopped;
	run(sweep, progress);
	kfree(sweep);
}
