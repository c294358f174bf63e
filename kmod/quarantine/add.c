// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/add: the making of an entry of the list, and the bounds of that
 *
 * The bounds keep a user from filling the list: beyond them QUARANTINE is DENY, as it would be
 * without the list. An entry of audit mode gives way to one that refuses.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "event/event.h"
#include "quarantine/add.h"
#include "quarantine/end.h"
#include "quarantine/entry.h"

static u64 last_id;	/* protected by rivet_quarantine_lock */

static struct rivet_quarantine_entry *make_entry(const struct rivet_quarantined *about)
{
	struct rivet_quarantine_entry *e;

	e = kzalloc(struct_size(e, path, about->path.len + 1), GFP_KERNEL);
	if (!e)
		return NULL;
	e->about = *about;
	memcpy(e->path, about->path.ptr, about->path.len);
	e->about.path.ptr = e->path;
	return e;
}

/*
 * The first entry of audit mode by @uid, or by anybody; it gives way to one that refuses. Those of
 * root give way to root.
 */
static struct rivet_quarantine_entry *find_would(u32 uid, bool anybody)
{
	struct rivet_quarantine_entry *e;

	list_for_each_entry(e, &rivet_quarantine_entries, list)
		if (e->about.would &&
		    (e->about.uid == uid || (anybody && (!uid || e->about.uid))))
			return e;
	return NULL;
}

static unsigned int count_of(u32 uid)
{
	unsigned int count = 0;
	struct rivet_quarantine_entry *e;

	list_for_each_entry(e, &rivet_quarantine_entries, list)
		count += e->about.uid == uid;
	return count;
}

/* Root has its share at any time, however many users have theirs. */
static bool has_room_for(u32 uid)
{
	const unsigned int roots = count_of(0);

	if (!uid)
		return rivet_quarantine_count_value < RIVET_QUARANTINE_MAX;
	return rivet_quarantine_count_value - roots <
	       RIVET_QUARANTINE_MAX - RIVET_QUARANTINE_UID_MAX;
}

static bool has_share(u32 uid)
{
	return count_of(uid) < RIVET_QUARANTINE_UID_MAX;
}

static bool make_room(const struct rivet_quarantined *about, struct list_head *ended)
{
	const bool share = has_share(about->uid);
	struct rivet_quarantine_entry *e;

	lockdep_assert_held(&rivet_quarantine_lock);
	if (share && has_room_for(about->uid))
		return true;
	e = about->would ? NULL : find_would(about->uid, share);
	if (e)
		rivet_quarantine_unlink(e, ended);
	return e;
}

/*
 * An entry that was given back has its number again, unless another one has it now. One that is
 * so large that numbers would run out is not taken over: numbers are unique.
 */
static void number(struct rivet_quarantine_entry *e)
{
	const struct rivet_quarantine_entry *other;
	bool used = !e->about.id || e->about.id > U32_MAX;

	lockdep_assert_held(&rivet_quarantine_lock);
	list_for_each_entry(other, &rivet_quarantine_entries, list)
		used |= other->about.id == e->about.id;
	if (used)
		e->about.id = last_id + 1;
	last_id = max(last_id, e->about.id);
}

static enum rivet_quarantine_added add_locked(struct rivet_quarantine_entry *e,
					      const struct rivet_quarantine_live *live,
					      struct list_head *ended, bool *used)
{
	struct rivet_quarantine_entry *known = rivet_quarantine_find(&e->about.digest);

	lockdep_assert_held(&rivet_quarantine_lock);
	if (known && (!known->about.would || e->about.would)) {
		rivet_quarantine_bind(known, live);
		/* That of one which was given back is what somebody says, this one was measured. */
		if (!e->about.id)
			rivet_quarantine_resize(known, e->about.size);
		e->about.id = known->about.id;
		return RIVET_QUARANTINE_KNOWN;
	}
	if (!make_room(&e->about, ended))
		return RIVET_QUARANTINE_FULL;
	/* One of audit mode is replaced: its rule and its user are those of the rehearsal. */
	known = rivet_quarantine_find(&e->about.digest);
	if (known)
		rivet_quarantine_unlink(known, ended);
	number(e);
	rivet_quarantine_link(e, live);
	*used = true;
	return RIVET_QUARANTINE_MADE;
}

static enum rivet_quarantine_added try_to_add(struct rivet_quarantine_entry *e,
					      const struct rivet_quarantine_live *live,
					      struct list_head *ended, bool *used)
{
	enum rivet_quarantine_added added;

	spin_lock(&rivet_quarantine_lock);
	added = add_locked(e, live, ended, used);
	spin_unlock(&rivet_quarantine_lock);
	return added;
}

static void tell_full(const struct rivet_quarantined *about)
{
	bool *bound, told;

	spin_lock(&rivet_quarantine_lock);
	bound = has_share(about->uid) ? &rivet_quarantine_told.list : &rivet_quarantine_told.user;
	told = *bound;
	*bound = true;
	spin_unlock(&rivet_quarantine_lock);
	if (!told)
		rivet_event_change(RIVET_EVENT_QUARANTINE, -ENOSPC,
				   "no room for another entry of uid %u: at most %u in all, of them %u for root, and %u of a uid; QUARANTINE acts as DENY",
				   about->uid, RIVET_QUARANTINE_MAX, RIVET_QUARANTINE_UID_MAX,
				   RIVET_QUARANTINE_UID_MAX);
}

/**
 * rivet_quarantine_add() - make an entry
 * @about: its contents; the path in raw bytes. Its id is 0, or the one it should have again;
 *	set to the id that it has
 * @live: the inode with these bytes
 *
 * The caller has checked that no valid set vouches for the digest. Reports a new entry that is
 * not given back, and that there is no room; of those that are given back, the caller reports the
 * number.
 *
 * Context: may sleep.
 * Return: the outcome. On RIVET_QUARANTINE_FULL and RIVET_QUARANTINE_NO_MEMORY there is
 * no entry.
 */
enum rivet_quarantine_added rivet_quarantine_add(struct rivet_quarantined *about,
						 const struct rivet_quarantine_live *live)
{
	struct rivet_quarantine_entry *e = make_entry(about);
	const bool given_back = about->id;
	enum rivet_quarantine_added added;
	bool used = false;
	LIST_HEAD(ended);

	if (!e) {
		rivet_event_change(RIVET_EVENT_QUARANTINE, -ENOMEM,
				   "no memory for an entry: QUARANTINE acts as DENY");
		return RIVET_QUARANTINE_NO_MEMORY;
	}
	added = try_to_add(e, live, &ended, &used);
	/* An entry that refuses nothing any more takes no room. */
	if (added == RIVET_QUARANTINE_FULL && rivet_quarantine_settle())
		added = try_to_add(e, live, &ended, &used);
	about->id = e->about.id;
	if (!used)
		kfree(e);
	rivet_quarantine_end_all(&ended, "made way for one that refuses");
	if (added == RIVET_QUARANTINE_FULL)
		tell_full(about);
	else if (added == RIVET_QUARANTINE_MADE && !given_back)
		rivet_quarantine_tell(about, about->would ?
				      "made, which refuses nothing in audit mode" : "made");
	return added;
}
