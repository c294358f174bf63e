// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/notify: a program is told that the machine is about to be isolated
 *
 * The kernel starts it, as it starts modprobe: the agent may be gone, and has a sandbox without
 * network. It is decided on as any other program. Isolation waits for its end, for a second at
 * most, whether it runs, hangs, or cannot be started; nine seconds later it is killed.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "policy/active.h"
#include "respond/notify.h"

#define WAIT_SECONDS	1	/* that isolation waits */
#define LIMIT_SECONDS	10	/* that the program may run */

/* Protects the variables below, of which the texts are the worker's while it is busy. A leaf. */
static DEFINE_SPINLOCK(notify_lock);
static bool is_busy;
static bool ends;		/* the module goes */
static struct pid *running;	/* the program; NULL before and after */
static char program[RIVET_NOTIFY_MAX];
static char policy_name[RIVET_NAME_MAX + 1];
static char line_text[12];

static void run(struct work_struct *work);
static DECLARE_WORK(run_work, run);
static void limit(struct work_struct *work);
static DECLARE_DELAYED_WORK(limit_work, limit);
static DECLARE_COMPLETION(has_ended);

static void set_running(struct pid *pid)
{
	struct pid *before;

	spin_lock(&notify_lock);
	before = running;
	running = pid;
	spin_unlock(&notify_lock);
	put_pid(before);
}

/* Called by the new process, before it becomes the program */
static int note_process(struct subprocess_info *info, struct cred *new)
{
	set_running(get_task_pid(current, PIDTYPE_PID));
	return READ_ONCE(ends) ? -ECANCELED : 0;
}

static void limit(struct work_struct *work)
{
	struct pid *pid;

	spin_lock(&notify_lock);
	pid = get_pid(running);
	spin_unlock(&notify_lock);
	if (pid)
		kill_pid(pid, SIGKILL, 1);
	put_pid(pid);
}

static void run(struct work_struct *work)
{
	static char home[] = "HOME=/", path[] = "PATH=/sbin:/bin:/usr/sbin:/usr/bin";
	static char word[] = "isolate";
	char *argv[] = { program, word, policy_name, line_text, NULL };
	char *envp[] = { home, path, NULL };
	struct subprocess_info *info;
	int ret = -ENOMEM;

	info = call_usermodehelper_setup(program, argv, envp, GFP_KERNEL, note_process, NULL, NULL);
	if (info)
		ret = call_usermodehelper_exec(info, UMH_WAIT_PROC);
	set_running(NULL);
	cancel_delayed_work(&limit_work);
	if (ret)
		rivet_event_change(RIVET_EVENT_ISOLATE, ret < 0 ? ret : 0,
				   "the program of isolate-notify= %s", ret < 0 ?
				   "was not started" : "failed, or was killed");
	complete_all(&has_ended);
	spin_lock(&notify_lock);
	is_busy = false;
	spin_unlock(&notify_lock);
}

/* Returns true if there is a program, and it does not run. */
static bool take(const struct rivet_response_cause *cause)
{
	struct rivet_policy *policy = rivet_policy_get();
	const char *name = policy->rules.isolation.notify;
	bool taken;

	spin_lock(&notify_lock);
	taken = *name && !is_busy;
	if (taken) {
		is_busy = true;
		strscpy(program, name, sizeof(program));
		strscpy(policy_name, cause->policy, sizeof(policy_name));
		snprintf(line_text, sizeof(line_text), "%u", cause->line);
	}
	spin_unlock(&notify_lock);
	rivet_policy_put(policy);
	return taken;
}

/**
 * rivet_notify_send() - tell the program of isolate-notify=, if the policy names one
 * @cause: the rule that isolates the machine
 *
 * While the program of an earlier notice still runs, no other is started.
 *
 * Context: may sleep, for a second at most.
 */
void rivet_notify_send(const struct rivet_response_cause *cause)
{
	if (!take(cause))
		return;
	reinit_completion(&has_ended);
	queue_delayed_work(system_unbound_wq, &limit_work, LIMIT_SECONDS * HZ);
	queue_work(system_unbound_wq, &run_work);
	wait_for_completion_timeout(&has_ended, WAIT_SECONDS * HZ);
}

/**
 * rivet_notify_exit() - end a program that still runs
 *
 * Context: may sleep.
 */
void rivet_notify_exit(void)
{
	WRITE_ONCE(ends, true);
	mod_delayed_work(system_unbound_wq, &limit_work, 0);
	flush_delayed_work(&limit_work);
	flush_work(&run_work);
	cancel_delayed_work_sync(&limit_work);
}
