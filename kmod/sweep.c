// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - sweep: looking at what runs already
 *
 * A module that is loaded late meets programs that it never saw start. When a
 * policy begins to ask which program acts, they are given their records; when
 * enforcement begins, those that would not have been permitted are reported. They
 * go on running: what to do about them is the operator's decision.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "event.h"
#include "eval.h"
#include "hook_task.h"
#include "mapped.h"
#include "measure.h"
#include "names.h"
#include "policy.h"
#include "sweep.h"
#include "task.h"

#define REPORTED_MAX	100	/* lines of one sweep; the rest is counted */
#define NAME_SHOWN	160	/* bytes of a path in a line */

/**
 * struct processes - all processes at one moment
 * @leaders: their first threads, referenced
 * @count: how many
 */
struct processes {
	struct task_struct **leaders;
	unsigned int count;
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

/* What starts after the count and finds no room was seen to start by the hooks. */
static bool get_processes(struct processes *all)
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

/*
 * A thread that executes another program meanwhile has another memory, before its
 * record is set: then the one given here must go, or was replaced already.
 */
static int adopt_thread(struct task_struct *t, const struct mm_struct *mm,
			struct rivet_program *program)
{
	int err = rivet_task_adopt(t, program);

	smp_mb();	/* the record is there before the memory is looked at */
	if (READ_ONCE(t->mm) != mm)
		rivet_task_disown(t, program);
	return err;
}

/* Returns 0, also if there is nothing to know of it, or an errno, -ENOMEM mostly. */
static int adopt_process(struct task_struct *leader, struct mm_struct *mm, struct file *exe)
{
	struct rivet_program *program = rivet_hook_task_program(exe);
	struct task_struct *t;
	int err = 0;

	if (IS_ERR_OR_NULL(program))
		return PTR_ERR_OR_ZERO(program);
	if (rivet_hook_task_matters(program)) {
		rcu_read_lock();
		for_each_thread(leader, t)
			err = adopt_thread(t, mm, program) ?: err;
		rcu_read_unlock();
	}
	rivet_task_put(program);
	return err;
}

static bool is_refused(struct file *file, u32 uses, enum rivet_reason *reason)
{
	const struct rivet_request req = {
		.op = RIVET_OP_MMAP,
		.hook = RIVET_HOOK_MMAP_FILE,
		.file = file,
		.inode = rivet_measure_inode(file),
		.uses = uses,
		.may_sleep = true,
		.as_enforcing = true,
	};
	struct rivet_verdict *v = rivet_eval(&req);
	bool refused;

	if (!v)
		return false;
	refused = !v->error && rivet_eval_refuses(v->action);
	*reason = v->reason;
	rivet_eval_free(v);
	return refused;
}

static void report_file(const struct task_struct *p, struct file *file, enum rivet_reason reason)
{
	char comm[TASK_COMM_LEN], shown[4 * TASK_COMM_LEN], name[NAME_SHOWN];
	char *buffer = __getname(), *path = NULL;

	if (buffer)
		path = d_path(rivet_measure_path(file), buffer, PATH_MAX);
	if (IS_ERR_OR_NULL(path))
		path = "?";
	memcpy(comm, p->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), shown, sizeof(shown));
	rivet_name_escape(path, strlen(path), name, sizeof(name));
	rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: process %d (%s) has %s mapped: %s",
			   task_tgid_nr((struct task_struct *)p), shown, name,
			   rivet_name_reason(reason));
	if (buffer)
		__putname(buffer);
}

static unsigned int report_process(const struct task_struct *p, struct file **files,
				   unsigned int count, unsigned int already)
{
	unsigned int i, found = 0;
	enum rivet_reason reason;

	for (i = 1; i < count; i++) {
		u32 uses = RIVET_USE_MMAP | (files[i] == files[0] ? RIVET_USE_EXEC : 0);

		if ((i > 1 && files[i] == files[i - 1]) ||
		    !is_refused(files[i], uses, &reason))
			continue;
		if (already + found < REPORTED_MAX)
			report_file(p, files[i], reason);
		found++;
	}
	return found;
}

/*
 * Look at one process: report what it has mapped, and say how many files that were; or
 * adopt it, and say 1 if memory ran out.
 */
static unsigned int look_at(struct task_struct *p, bool report, unsigned int already)
{
	struct file **files = kcalloc(RIVET_MAPPED_MAX, sizeof(*files), GFP_KERNEL);
	struct mm_struct *mm = get_task_mm(p);
	unsigned int n, found = 0;

	if (!files || !mm) {
		found = mm && !report;
		goto put;
	}
	n = rivet_mapped_get(mm, files);
	if (report)
		found = report_process(p, files, n, already);
	else if (files[0])
		found = !!adopt_process(p, mm, files[0]);
	rivet_mapped_put(files, n);
put:
	if (mm)
		mmput(mm);
	kfree(files);
	return found;
}

static unsigned int sweep(bool report)
{
	unsigned int i, found = 0;
	struct processes all;

	if (!get_processes(&all))
		return !report;
	for (i = 0; i < all.count && !fatal_signal_pending(current); i++) {
		found += look_at(all.leaders[i], report, found);
		cond_resched();
	}
	put_processes(&all);
	return found;
}

/**
 * rivet_sweep_programs() - give the processes that run already their records
 *
 * Twice: a child of a process that had no record yet was made without one. What memory
 * runs out for is reported: such a process matches no exe= rule.
 *
 * Context: may sleep and read files; the hooks of the active policy are attached.
 */
void rivet_sweep_programs(void)
{
	unsigned int missed;

	if (!rivet_policy_acts(RIVET_OP_ANON_EXEC) && !rivet_policy_uses_exe())
		return;
	sweep(false);
	missed = sweep(false);
	if (missed)
		rivet_event_change(RIVET_EVENT_MODE, -ENOMEM, "out of memory: it is not known what %u processes run; load the policy again, or start them anew",
				   missed);
}

/**
 * rivet_sweep_report() - report what runs already and would not be permitted
 *
 * Context: may sleep and read files; a fatal signal ends it.
 */
void rivet_sweep_report(void)
{
	unsigned int found = sweep(true);

	if (found > REPORTED_MAX)
		rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: %u more mapped files that would be refused",
				   found - REPORTED_MAX);
}
