// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/walk: visit all processes
 */
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "process/walk.h"

/* The first thread may have ended while others run. All threads share one memory. */
static void look_at_process(struct task_struct *leader,
			    void (*look)(struct mm_struct *mm, void *data), void *data)
{
	struct task_struct *t;
	bool found = false;

	for_each_thread(leader, t) {
		task_lock(t);
		if (t->mm) {
			look(t->mm, data);
			found = true;
		}
		task_unlock(t);
		if (found)
			return;
	}
}

/**
 * rivet_walk_memories() - visit the memory of each process
 * @look: called with the memory; holds the task's lock and must not sleep
 * @data: passed on to @look
 *
 * Misses no process that has had its program since before the call. A child created
 * during the walk is last in the list, or shares the program of a parent already visited.
 *
 * Context: any but interrupts.
 */
void rivet_walk_memories(void (*look)(struct mm_struct *mm, void *data), void *data)
{
	struct task_struct *p;

	rcu_read_lock();
	for_each_process(p)
		look_at_process(p, look, data);
	rcu_read_unlock();
}
