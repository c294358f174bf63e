// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/sweep: name and report the programs that run already
 *
 * When a policy that depends on the acting program becomes active, the programs with a
 * recorded start are named. When enforcement begins, running code that would have been
 * refused is reported. So is a program that lacks a right because its start was not
 * recorded. The programs continue to run, and the operator decides on further action.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "control/sweep.h"
#include "decide/eval.h"
#include "event/event.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "process/mapped.h"
#include "process/naming.h"
#include "process/program.h"
#include "text/names.h"

#define REPORTED_MAX	100	/* lines of one sweep; further ones are only counted */
#define ROUNDS_MAX	8	/* passes over processes created during the sweep */
#define NAME_SHOWN	120	/* bytes of a path in a line */

/**
 * struct processes - the processes at one moment
 * @leaders: first threads of the processes, which may have ended; referenced
 * @count: number of @leaders
 */
struct processes {
	struct task_struct **leaders;
	unsigned int count;
};

/**
 * struct sweep - the results of a sweep so far
 * @found: mapped files that would be refused
 * @missed: mapped files for whose examination memory ran out
 */
struct sweep {
	unsigned int found;
	unsigned int missed;
};

static unsigned int count_processes(void)
{
	const struct task_struct *p;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process(p)
		n++;
	rcu_read_unlock();
	return n;
}

/* Gets the processes created after @since. One without room is found in the next round. */
static bool get_processes(struct processes *all, u64 since)
{
	unsigned int room = count_processes() + 64;
	struct task_struct *p;

	all->count = 0;
	all->leaders = kvcalloc(room, sizeof(*all->leaders), GFP_KERNEL);
	if (!all->leaders)
		return false;
	rcu_read_lock();
	for_each_process(p) {
		if (all->count == room)
			break;
		if (p->start_time < since)
			continue;
		get_task_struct(p);
		all->leaders[all->count++] = p;
	}
	rcu_read_unlock();
	return true;
}

static void put_processes(struct processes *all)
{
	while (all->count)
		put_task_struct(all->leaders[--all->count]);
	kvfree(all->leaders);
}

/* The first thread may have ended while others run. All threads share one memory. */
static struct mm_struct *get_memory(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *t;

	rcu_read_lock();
	for_each_thread(leader, t) {
		mm = get_task_mm(t);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

/* Returns false if there is no verdict. For want of memory, the file counts as missed. */
static bool judge(struct sweep *sweep, enum rivet_op op, struct file *file, u32 uses,
		  struct rivet_verdict *v)
{
	const struct rivet_request req = {
		.op = op,
		.hook = RIVET_HOOK_MMAP_FILE,
		.file = file,
		.inode = rivet_file_inode(file),
		.uses = uses,
		.may_read = true,
		.as_enforcing = true,
	};
	int err = rivet_eval(&req, v);

	if (err == -ENOMEM)
		sweep->missed++;
	return !err;
}

static void report_process(const struct task_struct *p, struct file *file, const char *why)
{
	char comm[TASK_COMM_LEN], shown[4 * TASK_COMM_LEN], name[NAME_SHOWN];
	char *buffer = __getname(), *path = NULL;

	if (buffer)
		path = d_path(rivet_file_path(file), buffer, PATH_MAX);
	if (IS_ERR_OR_NULL(path))
		path = "?";
	memcpy(comm, p->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), shown, sizeof(shown));
	rivet_name_mark_cut(name, sizeof(name), rivet_name_escape(path, strlen(path), name,
								  sizeof(name)));
	rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: process %d (%s) has %s mapped: %s",
			   task_tgid_nr((struct task_struct *)p), shown, name, why);
	if (buffer)
		__putname(buffer);
}

static void report_file(struct sweep *sweep, const struct task_struct *p, struct file *file,
			u32 uses)
{
	struct rivet_verdict v;

	if (!judge(sweep, RIVET_OP_MMAP, file, uses, &v))
		return;
	if (rivet_action_refuses(v.action) && sweep->found++ < REPORTED_MAX)
		report_process(p, file, rivet_name_reason(v.reason));
	rivet_eval_put(&v);
}

static void report_mapped(struct sweep *sweep, const struct task_struct *p, struct mm_struct *mm,
			  const struct file *exe)
{
	struct file *files[RIVET_MAPPED_BATCH];
	unsigned long from = 0;
	unsigned int i, n;

	while (!fatal_signal_pending(current) && (n = rivet_mapped_get(mm, &from, files))) {
		for (i = 0; i < n; i++)
			report_file(sweep, p, files[i], RIVET_USE_MMAP |
				    (files[i] == exe ? RIVET_USE_EXEC : 0));
		rivet_mapped_put(files, n);
		cond_resched();
	}
}

/* A process without a recorded start has no program, so it lacks the right to JIT code. */
static void report_unseen(struct sweep *sweep, const struct task_struct *p, struct file *exe)
{
	struct rivet_verdict v;

	if (rivet_program_was_seen(exe) || !rivet_policy_acts(RIVET_OP_ANON_EXEC))
		return;
	if (!judge(sweep, RIVET_OP_EXECUTE, exe, RIVET_USE_EXEC, &v))
		return;
	if (v.reason == RIVET_REASON_MATCH && (v.voucher.uses & RIVET_USE_JIT))
		report_process(p, exe, "started before rivet was loaded: no jit");
	rivet_eval_put(&v);
}

static void look_at(struct sweep *sweep, struct task_struct *p)
{
	struct mm_struct *mm = get_memory(p);
	struct file *exe;

	if (!mm)
		return;
	exe = get_file_active((struct file **)&mm->exe_file);
	report_mapped(sweep, p, mm, exe);
	if (exe) {
		report_unseen(sweep, p, exe);
		fput(exe);
	}
	mmput(mm);
}

/* Returns false if no process was created after @since, or if memory runs out. */
static bool look_at_all(struct sweep *sweep, u64 since)
{
	struct processes all;
	unsigned int i;
	bool any;

	if (!get_processes(&all, since)) {
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: what runs already was not looked at");
		return false;
	}
	any = all.count;
	for (i = 0; i < all.count && !fatal_signal_pending(current); i++) {
		look_at(sweep, all.leaders[i]);
		cond_resched();
	}
	put_processes(&all);
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

/**
 * rivet_sweep_report() - report mapped files that would not be permitted
 *
 * A process that ends before its examination may have children that share its mappings.
 * Processes created during the sweep are therefore examined too.
 *
 * If memory runs out for a file, the sweep continues with the next, and this is reported.
 *
 * Context: may sleep and read files; a fatal signal ends the sweep, which is reported.
 */
void rivet_sweep_report(void)
{
	struct sweep sweep = {};
	unsigned int i;
	u64 since = 0, now;

	for (i = 0; i < ROUNDS_MAX; i++) {
		/* A process gets its start time shortly before it is added to the list. */
		now = ktime_get_ns() - 20 * NSEC_PER_MSEC;
		if (!look_at_all(&sweep, since) || fatal_signal_pending(current))
			break;
		since = now;
	}
	if (fatal_signal_pending(current))
		rivet_event_change(RIVET_EVENT_MODE, -EINTR, "killed: not all of what runs already was looked at");
	if (sweep.missed)
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: %u mapped files of what runs already were not looked at",
				   sweep.missed);
	if (sweep.found > REPORTED_MAX)
		rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: %u more mapped files that would be refused",
				   sweep.found - REPORTED_MAX);
}
