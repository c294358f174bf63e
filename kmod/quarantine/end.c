// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/end: the end of entries of the list
 */
#include <linux/kernel.h>
#include <linux/path.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "event/event.h"
#include "mode/mode.h"
#include "quarantine/end.h"
#include "quarantine/entry.h"
#include "quarantine/hold.h"
#include "riv/index.h"
#include "riv/lookup.h"

#define REMEDIED	"ended, remedied"

/**
 * rivet_quarantine_end_all() - report and free entries that were taken out
 * @ended: entries from rivet_quarantine_unlink()
 * @what: the reason, in words
 *
 * Context: may sleep.
 * Return: their number.
 */
unsigned int rivet_quarantine_end_all(struct list_head *ended, const char *what)
{
	struct rivet_quarantine_entry *e, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(e, next, ended, ended) {
		rivet_quarantine_tell(&e->about, what);
		kfree_rcu(e, rcu);
		count++;
	}
	return count;
}

/* Takes out the entries that @fits selects; it is called with the lock held. */
static void take_if(bool (*fits)(const struct rivet_quarantine_entry *e, const void *arg),
		    const void *arg, struct list_head *ended)
{
	struct rivet_quarantine_entry *e, *next;

	spin_lock(&rivet_quarantine_lock);
	list_for_each_entry_safe(e, next, &rivet_quarantine_entries, list)
		if (fits(e, arg))
			rivet_quarantine_unlink(e, ended);
	spin_unlock(&rivet_quarantine_lock);
}

static bool has_digest(const struct rivet_quarantine_entry *e, const void *digest)
{
	return rivet_digest_equal(&e->about.digest, digest);
}

static bool is_at(const struct rivet_quarantine_entry *e, const void *path)
{
	return e->about.named && rivet_quarantine_has_path(e, path, strlen(path));
}

static bool is_settled(const struct rivet_quarantine_entry *e, const void *unused)
{
	return READ_ONCE(e->settled);
}

/**
 * rivet_quarantine_end_digest() - end the entry of a digest that is released
 * @digest: the digest
 *
 * Context: may sleep.
 * Return: number of entries that ended.
 */
unsigned int rivet_quarantine_end_digest(const struct rivet_digest *digest)
{
	LIST_HEAD(ended);

	if (rivet_quarantine_has(digest, true))
		take_if(has_digest, digest, &ended);
	return rivet_quarantine_end_all(&ended, "ended, released");
}

/**
 * rivet_quarantine_note_match() - end the entries that a match remedies
 * @digest: digest that a set vouches for
 * @path: name by which init sees the file, if a RIV is for that name; else ""
 *
 * Ends the entry of the digest, and those of other bytes that had that name.
 *
 * Context: may sleep.
 */
void rivet_quarantine_note_match(const struct rivet_digest *digest, const char *path)
{
	LIST_HEAD(ended);

	if (rivet_quarantine_has(digest, true))
		take_if(has_digest, digest, &ended);
	if (rivet_quarantine_names(path))
		take_if(is_at, path, &ended);
	rivet_quarantine_end_all(&ended, REMEDIED);
}

/**
 * rivet_quarantine_settle() - end the entries of digests that a set vouches for
 *
 * They refuse nothing. A match ends them too, but not every file is used again. As long as the
 * RIVs are the same, none comes to be one.
 *
 * Context: may sleep.
 * Return: number of entries that ended.
 */
unsigned int rivet_quarantine_settle(void)
{
	static u64 settled;
	const u64 generation = rivet_riv_generation();
	struct rivet_quarantine_entry *e;
	bool any = false;
	LIST_HEAD(ended);

	if (READ_ONCE(settled) == generation)
		return 0;
	WRITE_ONCE(settled, generation);
	rcu_read_lock();
	list_for_each_entry_rcu(e, &rivet_quarantine_entries, list) {
		if (!rivet_riv_vouches(&e->about.digest))
			continue;
		WRITE_ONCE(e->settled, true);
		any = true;
	}
	rcu_read_unlock();
	if (any)
		take_if(is_settled, NULL, &ended);
	return rivet_quarantine_end_all(&ended, REMEDIED);
}

static struct rivet_quarantine_entry *find_id(u64 id)
{
	struct rivet_quarantine_entry *e;

	lockdep_assert_held(&rivet_quarantine_lock);
	list_for_each_entry(e, &rivet_quarantine_entries, list)
		if (e->about.id == id)
			return e;
	return NULL;
}

/**
 * struct question - the state of an entry that is to be forgotten
 * @known: there is such an entry
 * @may: it may be forgotten without a look at its path
 * @look: it may be if nothing is at @path
 * @path: its path
 */
struct question {
	bool known;
	bool may;
	bool look;
	char path[PATH_MAX];
};

static void ask_about(u64 id, struct question *q)
{
	const struct rivet_quarantine_entry *e;

	spin_lock(&rivet_quarantine_lock);
	e = find_id(id);
	q->known = e;
	if (e) {
		q->may = !rivet_mode_is_enforce() || e->about.would ||
			 e->about.file == RIVET_QUARANTINE_GONE;
		q->look = e->about.named && !e->several &&
			  e->about.file == RIVET_QUARANTINE_AWAY;
		strscpy(q->path, e->path, sizeof(q->path));
	}
	spin_unlock(&rivet_quarantine_lock);
}

static bool leads_nowhere(const char *name)
{
	struct path path;
	int err = rivet_lookup_from_init(name, &path);

	if (!err)
		path_put(&path);
	return err == -ENOENT || err == -ENOTDIR;
}

/* A file that was seen in the meantime is not gone. */
static bool may_end(const struct rivet_quarantine_entry *e, const void *id)
{
	return e->about.id == *(const u64 *)id &&
	       (!rivet_mode_is_enforce() || e->about.would ||
		e->about.file != RIVET_QUARANTINE_LIVE);
}

/**
 * rivet_quarantine_forget() - end an entry whose file is gone
 * @id: its number
 *
 * In audit mode, and for an entry of audit mode, the file may still be there.
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -ENOENT if there is no such entry; -EPERM if the file may still be there;
 * -ENOMEM.
 */
int rivet_quarantine_forget(u64 id)
{
	struct question *q = kzalloc(sizeof(*q), GFP_KERNEL);
	int ret = -EPERM;
	LIST_HEAD(ended);

	if (!q)
		return -ENOMEM;
	ask_about(id, q);
	if (!q->known)
		ret = -ENOENT;
	else if (q->may || (q->look && leads_nowhere(q->path)))
		take_if(may_end, &id, &ended);
	if (rivet_quarantine_end_all(&ended, "ended, forgotten")) {
		rivet_hold_forget(id);
		ret = 0;
	}
	if (ret == -EPERM)
		rivet_event_change(RIVET_EVENT_QUARANTINE, ret,
				   "entry %llu stays: its file may still be there; put good content in its place, remove it, or load a signed release",
				   id);
	kfree(q);
	return ret;
}
