// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/processes: the processes that there are at one moment
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "control/processes.h"

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

/**
 * rivet_processes_get() - get the processes that were created after a moment
 * @all: filled in; rivet_processes_put() releases it
 * @since: nanoseconds of the monotonic clock; 0 for all processes
 *
 * A process created meanwhile may be missing. One more call with the time of this one finds it.
 *
 * Context: may sleep.
 * Return: false if memory runs out.
 */
bool rivet_processes_get(struct rivet_processes *all, u64 since)
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

/**
 * rivet_processes_put() - release the processes
 * @all: the processes
 *
 * Context: any.
 */
void rivet_processes_put(struct rivet_processes *all)
{
	while (all->count)
		put_task_struct(all->leaders[--all->count]);
	kvfree(all->leaders);
}

/**
 * rivet_processes_memory() - get the memory of a process
 * @leader: its first thread, which may have ended while others run: all share one memory
 *
 * Context: may sleep.
 * Return: the memory, referenced; NULL if the process has none.
 */
struct mm_struct *rivet_processes_memory(struct task_struct *leader)
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
