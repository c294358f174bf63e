// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/hold: the files of new entries, held until the agent has a copy
 *
 * Who has made a file fail may unlink, rename or rewrite it the moment after. So the file is
 * held until the agent says that it has its copy, for ten seconds at most. A held file keeps its
 * filesystem from being unmounted, and from becoming read-only once it was unlinked; one of a
 * filesystem in memory keeps its pages. So all are given up when memory runs out, and at reboot.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/overflow.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "quarantine/agent.h"
#include "quarantine/hold.h"

/**
 * struct hold - a held file
 *
 * Made by the task whose request was refused, which has the file open. In the list from then
 * until the agent is done with it, its time is over, its entry is forgotten, or the module goes;
 * then taken out under hold_lock, and freed without it by the task that took it out. So nobody
 * but that task and the holder of the lock has a pointer to it. The agent gets a reference to
 * the path of its own.
 *
 * @list: in holds; under hold_lock
 * @path: the file, referenced: the inode stays in memory after its last name is gone
 * @denied: the inodes that writers are kept away from, as while a program runs: that of @path, and
 *	of overlayfs that of the layer, which lives as long; or NULL
 * @size: bytes that it counts for
 * @until: jiffies at which it is given up; under hold_lock
 * @taken_by: thread group that has taken it, referenced; NULL before; under hold_lock
 * @about: the entry, with @name as its path
 * @name: bytes of the path
 */
struct hold {
	struct list_head list;
	struct path path;
	struct inode *denied[2];
	u64 size;
	unsigned long until;
	struct pid *taken_by;
	struct rivet_quarantined about;
	char name[];
};

/* Protects the list of held files, and what changes of each. A leaf lock. */
static DEFINE_SPINLOCK(hold_lock);
static LIST_HEAD(holds);		/* oldest first */
static unsigned int hold_count;

static void give_up_late(struct work_struct *work);
static DECLARE_DELAYED_WORK(give_up_work, give_up_late);

static void free_hold(struct hold *hold)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hold->denied); i++)
		if (hold->denied[i])
			atomic_inc(&hold->denied[i]->i_writecount);
	path_put(&hold->path);
	put_pid(hold->taken_by);
	kfree(hold);
}

static void take_out(struct hold *hold, struct list_head *out)
{
	lockdep_assert_held(&hold_lock);
	list_move_tail(&hold->list, out);
	hold_count--;
}

/* Takes out those that @fits selects; it is called with the lock held. */
static void take_if(bool (*fits)(const struct hold *hold, const void *arg), const void *arg,
		    struct list_head *out)
{
	struct hold *hold, *next;

	spin_lock(&hold_lock);
	list_for_each_entry_safe(hold, next, &holds, list)
		if (fits(hold, arg))
			take_out(hold, out);
	spin_unlock(&hold_lock);
}

static void free_all(struct list_head *out)
{
	struct hold *hold, *next;

	list_for_each_entry_safe(hold, next, out, list)
		free_hold(hold);
}

static bool is_any(const struct hold *hold, const void *unused)
{
	return true;
}

static bool is_late(const struct hold *hold, const void *unused)
{
	return time_after_eq(jiffies, hold->until);
}

static bool has_id(const struct hold *hold, const void *id)
{
	return hold->about.id == *(const u64 *)id;
}

static void drop_all(void)
{
	LIST_HEAD(out);

	take_if(is_any, NULL, &out);
	free_all(&out);
}

/* The list is in the order of the times, so the first is the next. */
static void wait_for_next(void)
{
	const struct hold *first;
	unsigned long now = jiffies;

	spin_lock(&hold_lock);
	first = list_first_entry_or_null(&holds, struct hold, list);
	if (first)
		queue_delayed_work(system_wq, &give_up_work,
				   time_after(first->until, now) ? first->until - now : 0);
	spin_unlock(&hold_lock);
}

static void give_up_late(struct work_struct *work)
{
	const struct hold *hold;
	LIST_HEAD(out);

	take_if(is_late, NULL, &out);
	list_for_each_entry(hold, &out, list)
		rivet_event_change(RIVET_EVENT_QUARANTINE, -ETIMEDOUT,
				   "entry %llu: its file is not held any more, and the agent has not said that it has a copy",
				   hold->about.id);
	free_all(&out);
	wait_for_next();
}

/* What users have one made to fail leaves room for what root has. */
static bool has_room_for(const struct hold *hold)
{
	unsigned int files = RIVET_HOLD_FILES;
	u64 bytes = RIVET_HOLD_BYTES;
	const struct hold *other;

	lockdep_assert_held(&hold_lock);
	if (hold->about.uid) {
		files /= RIVET_HOLD_SHARE;
		bytes /= RIVET_HOLD_SHARE;
	}
	list_for_each_entry(other, &holds, list) {
		if (hold->about.uid && !other->about.uid)
			continue;
		if (!--files || other->size > bytes)
			return false;
		bytes -= other->size;
	}
	return hold->size <= bytes;
}

/* Returns false if there is no room; else the hold is in the list. */
static bool keep(struct hold *hold)
{
	bool kept;

	spin_lock(&hold_lock);
	kept = hold_count < RIVET_HOLD_FILES && has_room_for(hold);
	if (kept) {
		list_add_tail(&hold->list, &holds);
		hold_count++;
	}
	spin_unlock(&hold_lock);
	return kept;
}

static struct hold *make_hold(const struct rivet_quarantined *about, const struct path *path)
{
	struct hold *hold = kzalloc(struct_size(hold, name, about->path.len), GFP_KERNEL);

	if (!hold)
		return NULL;
	hold->about = *about;
	memcpy(hold->name, about->path.ptr, about->path.len);
	hold->about.path.ptr = hold->name;
	hold->size = max_t(u64, about->size, i_size_read(d_inode(path->dentry)));
	hold->until = jiffies + RIVET_HOLD_SECONDS * HZ;
	hold->path = *path;
	path_get(&hold->path);
	return hold;
}

/*
 * Somebody may be writing already: then the agent sees another digest. Who writes to a file of
 * overlayfs may open it there or in the layer.
 */
static void deny_writers_of(struct hold *hold)
{
	struct inode *inodes[] = {
		d_inode(hold->path.dentry), d_real_inode(hold->path.dentry),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inodes); i++) {
		if (i && inodes[i] == inodes[0])
			break;
		if (atomic_dec_unless_positive(&inodes[i]->i_writecount))
			hold->denied[i] = inodes[i];
	}
}

/**
 * rivet_hold_add() - hold the file of a new entry
 * @about: the entry, with its number
 * @path: the file, which the caller has open
 * @deny_writers: keep writers away meanwhile; false if that would let a user hinder the owner
 *
 * Does nothing unless an agent has been there. Reports that the file is held, or why not.
 *
 * Context: may sleep; the mmap lock or that of a folder may be held, since nothing is opened.
 */
void rivet_hold_add(const struct rivet_quarantined *about, const struct path *path,
		    bool deny_writers)
{
	struct hold *hold;

	if (!rivet_agent_was_there())
		return;
	hold = make_hold(about, path);
	if (hold && deny_writers)
		deny_writers_of(hold);
	if (!hold || !keep(hold)) {
		rivet_event_change(RIVET_EVENT_QUARANTINE, -ENOSPC,
				   "entry %llu: its file is not held for the agent: %s", about->id,
				   hold ? "too many or too large files are held already" :
					  "no memory");
		if (hold)
			free_hold(hold);
		return;
	}
	wait_for_next();
	rivet_event_change(RIVET_EVENT_QUARANTINE, 0,
			   "entry %llu: its file is held for the agent, %u seconds at most",
			   about->id, RIVET_HOLD_SECONDS);
}

/**
 * rivet_hold_take() - get the next file that this agent does not have
 * @agent: its thread group
 * @held: filled in; the caller puts the path
 *
 * One that an agent took that has ended since is given again.
 *
 * Context: may sleep.
 * Return: 0; -EAGAIN if there is none.
 */
int rivet_hold_take(struct pid *agent, struct rivet_held *held)
{
	struct pid *before = NULL;
	int ret = -EAGAIN;
	struct hold *hold;

	spin_lock(&hold_lock);
	list_for_each_entry(hold, &holds, list) {
		if (hold->taken_by == agent)
			continue;
		before = hold->taken_by;
		hold->taken_by = get_pid(agent);
		held->path = hold->path;
		path_get(&held->path);
		held->len = rivet_quarantine_line_format(&hold->about, held->line,
							 RIVET_QUARANTINE_LINE_MAX);
		ret = 0;
		break;
	}
	spin_unlock(&hold_lock);
	put_pid(before);
	return ret;
}

/**
 * rivet_hold_done() - stop holding a file: the agent has a copy, or wants none
 * @agent: its thread group
 * @id: number of the entry
 *
 * Context: may sleep.
 * Return: 0; -ENOENT if this agent has taken no such file, or its time is over.
 */
int rivet_hold_done(struct pid *agent, u64 id)
{
	struct hold *hold, *next;
	LIST_HEAD(out);
	int ret;

	spin_lock(&hold_lock);
	list_for_each_entry_safe(hold, next, &holds, list)
		if (hold->about.id == id && hold->taken_by == agent)
			take_out(hold, &out);
	spin_unlock(&hold_lock);
	ret = list_empty(&out) ? -ENOENT : 0;
	free_all(&out);
	return ret;
}

/**
 * rivet_hold_forget() - stop holding the file of an entry that the operator forgets
 * @id: number of the entry
 *
 * Context: may sleep.
 */
void rivet_hold_forget(u64 id)
{
	LIST_HEAD(out);

	take_if(has_id, &id, &out);
	free_all(&out);
}

/* Only orders it: the task that wants memory may hold locks of a filesystem. */
static int give_up_soon(struct notifier_block *unused, unsigned long action, void *data)
{
	struct hold *hold;

	spin_lock(&hold_lock);
	list_for_each_entry(hold, &holds, list)
		hold->until = jiffies;
	spin_unlock(&hold_lock);
	mod_delayed_work(system_wq, &give_up_work, 0);
	return NOTIFY_OK;
}

static struct notifier_block on_no_memory = { .notifier_call = give_up_soon };
static struct notifier_block on_reboot = { .notifier_call = give_up_soon };

/**
 * rivet_hold_begin() - begin to see that memory runs out, and that the machine goes down
 *
 * That is refused only if it was done before.
 *
 * Context: module init; may sleep.
 */
void __init rivet_hold_begin(void)
{
	register_oom_notifier(&on_no_memory);
	register_reboot_notifier(&on_reboot);
}

/**
 * rivet_hold_exit() - stop holding files
 *
 * Context: may sleep; all hooks are detached, and the agent's file is gone. Also if it has not
 * begun.
 */
void rivet_hold_exit(void)
{
	unregister_reboot_notifier(&on_reboot);
	unregister_oom_notifier(&on_no_memory);
	cancel_delayed_work_sync(&give_up_work);
	drop_all();
	rivet_agent_exit();
}
