// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/agent: the one process that takes the files of new entries
 *
 * The registration belongs to the process and ends with it, so that the agent keeps no file of
 * rivet open, which would keep the module from being unloaded. Another process is refused until
 * then; an agent that was upgraded is another process.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#include "event/event.h"
#include "quarantine/agent.h"

/* Protects the registration. A leaf lock. */
static DEFINE_SPINLOCK(agent_lock);
static struct pid *agent;	/* thread group, referenced; NULL until one registers */

/* A process that has ended may still wait for its parent to take note. */
static bool is_alive(struct pid *pid)
{
	const struct task_struct *leader;
	bool alive;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	alive = leader && !(leader->exit_state && thread_group_empty((struct task_struct *)leader));
	rcu_read_unlock();
	return alive;
}

/* Returns the process that was registered before, for put_pid(), or ERR_PTR(-EBUSY). */
static struct pid *replace(struct pid *by)
{
	struct pid *old;

	spin_lock(&agent_lock);
	old = agent;
	if (old && old != by && is_alive(old))
		old = ERR_PTR(-EBUSY);
	else
		agent = get_pid(by);
	spin_unlock(&agent_lock);
	return old;
}

/**
 * rivet_agent_register() - make the acting process the one that takes files
 *
 * The process that is registered may register again. Reports a change and a refusal.
 *
 * Context: process context of a task that runs the agent's program; may sleep.
 * Return: 0; -EBUSY if another process is registered and has not ended.
 */
int rivet_agent_register(void)
{
	struct pid *own = task_tgid(current), *old;

	old = replace(own);
	if (IS_ERR(old)) {
		rivet_event_change(RIVET_EVENT_QUARANTINE, -EBUSY,
				   "evidence: process %d gets none: another process is registered",
				   task_tgid_nr(current));
		return PTR_ERR(old);
	}
	if (old != own)
		rivet_event_change(RIVET_EVENT_QUARANTINE, 0, "evidence: process %d takes it",
				   task_tgid_nr(current));
	put_pid(old);
	return 0;
}

/**
 * rivet_agent_is_current() - check whether the acting process is the one that is registered
 *
 * Context: process context.
 * Return: true if it is.
 */
bool rivet_agent_is_current(void)
{
	bool same;

	spin_lock(&agent_lock);
	same = agent == task_tgid(current);
	spin_unlock(&agent_lock);
	return same;
}

/**
 * rivet_agent_was_there() - check whether a process has ever registered
 *
 * Without one nothing needs to be held. One that has ended may be about to come back.
 *
 * Context: any. One read.
 * Return: true if so.
 */
bool rivet_agent_was_there(void)
{
	return READ_ONCE(agent);
}

/**
 * rivet_agent_exit() - forget the registration
 *
 * Context: may sleep; no task registers any more.
 */
void rivet_agent_exit(void)
{
	put_pid(agent);
}
