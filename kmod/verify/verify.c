// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - verify/verify: verifications on request and by schedule
 *
 * A work item does each. At most four go on at a time, and the reports of the last eight are
 * kept. Nothing depends on the task that asked: it may end.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "event/event.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "riv/index.h"
#include "verify/run.h"
#include "verify/verify.h"

#define GOING_MAX	4	/* verifications at a time, beside that of the schedule */
#define KEPT_MAX	8	/* verifications that go on or have ended */

/* Protects the variables below and the members that struct rivet_verify names. A leaf lock. */
static DEFINE_SPINLOCK(verify_lock);
static LIST_HEAD(kept);
static unsigned int kept_count;
static unsigned int going;	/* those of operators that have not ended */
static u32 last_ticket;
static bool closing;		/* the module is being unloaded */
static void (*listener)(void);

static struct workqueue_struct *queue;

/**
 * rivet_verify_alloc() - make a verification that is not asked for yet
 *
 * The caller fills in its order.
 *
 * Context: may sleep.
 * Return: the verification with one reference; NULL without memory.
 */
struct rivet_verify *rivet_verify_alloc(void)
{
	struct rivet_verify *v = kzalloc(sizeof(*v), GFP_KERNEL);

	if (v)
		refcount_set(&v->refs, 1);
	return v;
}

/**
 * rivet_verify_add_path() - add a path to the order of a verification
 * @v: the verification, not started
 * @path: terminated
 *
 * Context: may sleep.
 * Return: 0; -E2BIG beyond RIVET_VERIFY_PATHS_MAX; -EINVAL if it is not absolute; -ENOMEM.
 */
int rivet_verify_add_path(struct rivet_verify *v, const char *path)
{
	char *copy;

	if (path[0] != '/')
		return -EINVAL;
	if (v->order.path_count == RIVET_VERIFY_PATHS_MAX)
		return -E2BIG;
	copy = kstrdup(path, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	v->order.paths[v->order.path_count++] = copy;
	return 0;
}

/**
 * rivet_verify_put() - drop a reference to a verification
 * @v: the verification
 *
 * Context: any.
 */
void rivet_verify_put(struct rivet_verify *v)
{
	if (!refcount_dec_and_test(&v->refs))
		return;
	while (v->failure_count)
		kfree(v->failures[--v->failure_count]);
	while (v->order.path_count)
		kfree(v->order.paths[--v->order.path_count]);
	kfree(v);
}

static void end(struct rivet_verify *v)
{
	spin_lock(&verify_lock);
	v->state = v->cancelled ? RIVET_VERIFY_CANCELLED : RIVET_VERIFY_DONE;
	v->counts.incomplete |= v->cancelled;
	v->ended = ktime_get_real_ns();
	going -= !v->order.scheduled;
	if (listener && v->counts.failed && !closing)
		listener();
	spin_unlock(&verify_lock);
}

static void report(const struct rivet_verify *v)
{
	const struct rivet_verify_counts *c = &v->counts;

	rivet_event_change(RIVET_EVENT_VERIFY, v->cancelled ? -EINTR : c->failed ? -EBADMSG : 0,
			   "verification %u %s%s: %llu of %llu files, %llu match, %llu fail, %llu missing%s",
			   v->ticket, v->cancelled ? "cancelled" : "done",
			   v->order.scheduled ? " (reverify)" : "", c->done, c->files, c->matched,
			   c->failed, c->missing,
			   c->incomplete && !v->cancelled ? "; incomplete: out of memory" : "");
}

/* A scheduled one takes the processor when nobody else wants it. */
static void verify(struct work_struct *work)
{
	struct rivet_verify *v = container_of(work, struct rivet_verify, work);
	const int nice = task_nice(current);

	spin_lock(&verify_lock);
	v->state = RIVET_VERIFY_RUNNING;
	spin_unlock(&verify_lock);
	if (v->order.scheduled)
		set_user_nice(current, MAX_NICE);
	rivet_verify_run(v, &verify_lock);
	if (v->order.scheduled)
		set_user_nice(current, nice);
	end(v);
	report(v);
	rivet_verify_put(v);
}

/* Makes room for one more. Only one that has ended gives way. */
static struct rivet_verify *take_oldest_ended(void)
{
	struct rivet_verify *v;

	lockdep_assert_held(&verify_lock);
	list_for_each_entry(v, &kept, node) {
		if (!v->ended)
			continue;
		list_del(&v->node);
		kept_count--;
		return v;
	}
	return NULL;
}

static void fill_beginning(struct rivet_verify *v)
{
	v->mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT;
	v->riv_generation = rivet_riv_generation();
	v->policy_generation = rivet_policy_generation();
	v->started = ktime_get_real_ns();
	INIT_WORK(&v->work, verify);
}

/**
 * rivet_verify_start() - start a verification
 * @v: the verification, whose order is filled in; the caller keeps its reference
 *
 * Context: may sleep. Does not wait for it.
 * Return: 0, and the ticket is set; -EBUSY if too many go on.
 */
int rivet_verify_start(struct rivet_verify *v)
{
	struct rivet_verify *old = NULL;

	fill_beginning(v);
	spin_lock(&verify_lock);
	/* The schedule has a place of its own, and at most one that goes on. */
	if (closing || (!v->order.scheduled && going == GOING_MAX)) {
		spin_unlock(&verify_lock);
		return -EBUSY;
	}
	if (kept_count == KEPT_MAX)
		old = take_oldest_ended();
	v->ticket = ++last_ticket;
	refcount_add(2, &v->refs);
	list_add_tail(&v->node, &kept);
	kept_count++;
	going += !v->order.scheduled;
	queue_work(queue, &v->work);
	spin_unlock(&verify_lock);
	if (old)
		rivet_verify_put(old);
	return 0;
}

static struct rivet_verify *find(u32 ticket)
{
	struct rivet_verify *v;

	lockdep_assert_held(&verify_lock);
	list_for_each_entry(v, &kept, node)
		if (v->ticket == ticket)
			return v;
	return NULL;
}

/**
 * rivet_verify_cancel() - end a verification that goes on
 * @ticket: its number
 *
 * It ends with the piece that is being read. One that the policy asks for is not ended while
 * enforcing: root alone lowers no protection.
 *
 * Context: any.
 * Return: 0; -ENOENT if it is not kept; -EALREADY if it has ended; -EPERM.
 */
int rivet_verify_cancel(u32 ticket)
{
	struct rivet_verify *v;
	int ret = 0;

	spin_lock(&verify_lock);
	v = find(ticket);
	if (!v)
		ret = -ENOENT;
	else if (v->ended)
		ret = -EALREADY;
	else if (v->order.scheduled && rivet_mode_is_enforce())
		ret = -EPERM;
	else
		WRITE_ONCE(v->cancelled, true);
	spin_unlock(&verify_lock);
	return ret;
}

/**
 * rivet_verify_get() - find a verification
 * @ticket: its number; 0 for the last one
 *
 * Context: any.
 * Return: the verification, referenced; NULL if it is not kept.
 */
struct rivet_verify *rivet_verify_get(u32 ticket)
{
	struct rivet_verify *v;

	spin_lock(&verify_lock);
	v = find(ticket ?: last_ticket);
	if (v)
		refcount_inc(&v->refs);
	spin_unlock(&verify_lock);
	return v;
}

/**
 * rivet_verify_read() - read the progress of a verification
 * @v: the verification
 * @counts: its progress
 * @state: its state
 * @ended: nanoseconds since 1970; 0 while it goes on
 *
 * Context: any.
 */
void rivet_verify_read(struct rivet_verify *v, struct rivet_verify_counts *counts,
		       enum rivet_verify_state *state, u64 *ended)
{
	spin_lock(&verify_lock);
	*counts = v->counts;
	*state = v->state;
	*ended = v->ended;
	spin_unlock(&verify_lock);
}

/**
 * rivet_verify_listen() - register a function that is called when files fail
 * @failed: called at the end of a verification with failures, with a spinlock held, so it may
 *	only start work; NULL to stop, after which it is not called any more
 *
 * Context: any.
 */
void rivet_verify_listen(void (*failed)(void))
{
	spin_lock(&verify_lock);
	listener = failed;
	spin_unlock(&verify_lock);
}

/**
 * rivet_verify_init() - make the worker
 *
 * Context: may sleep; module init.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_verify_init(void)
{
	queue = alloc_workqueue("rivet_verify", WQ_UNBOUND, GOING_MAX + 1);
	return queue ? 0 : -ENOMEM;
}

/**
 * rivet_verify_exit() - end all verifications and forget them
 *
 * Waits for the pieces that are being read.
 *
 * Context: may sleep; nobody asks any more.
 */
void rivet_verify_exit(void)
{
	struct rivet_verify *v, *next;

	spin_lock(&verify_lock);
	closing = true;
	list_for_each_entry(v, &kept, node)
		WRITE_ONCE(v->cancelled, true);
	spin_unlock(&verify_lock);
	destroy_workqueue(queue);
	list_for_each_entry_safe(v, next, &kept, node) {
		list_del(&v->node);
		rivet_verify_put(v);
	}
}
