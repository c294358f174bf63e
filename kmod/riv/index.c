// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIVs: the search in all active sets
 */
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "object/clock.h"
#include "riv/active.h"
#include "riv/index.h"

/**
 * rivet_riv_revoked_in() - check whether a revocation among the active sets names a digest
 * @index: the active sets, or NULL
 * @digest: digest of a file or of a certificate
 *
 * Context: any; under rcu_read_lock() or what else keeps @index.
 * Return: true if one does.
 */
bool rivet_riv_revoked_in(const struct rivet_riv_index *index, const struct rivet_digest *digest)
{
	unsigned int i;

	for (i = 0; index && i < index->count; i++)
		if (index->slots[i].set->kind == RIVET_MANIFEST_REVOKE &&
		    rivet_riv_set_find(index->slots[i].set, digest))
			return true;
	return false;
}

static bool find_from(struct rivet_riv_cursor *c, unsigned int position)
{
	const struct rivet_riv_slot *slot;

	for (; c->index && position < c->index->count; position++) {
		slot = &c->index->slots[position];
		if (slot->set->kind != RIVET_MANIFEST_SET)
			continue;
		c->riv = rivet_riv_set_find(slot->set, &c->digest);
		if (c->riv) {
			c->set = slot->set;
			c->revoked = slot->revoked;
			c->position = position;
			return true;
		}
	}
	return false;
}

/**
 * rivet_riv_first() - find the first value with a digest
 * @c: cursor, set to the value
 * @digest: the digest
 *
 * Searches all active sets, including those that vouch for nothing: the caller checks
 * rivet_clock_is_past() and the cursor's @revoked.
 *
 * Context: rcu_read_lock() held by the caller as long as it uses the cursor.
 * Return: true if there is one.
 */
bool rivet_riv_first(struct rivet_riv_cursor *c, const struct rivet_digest *digest)
{
	c->index = rcu_dereference(rivet_riv_active);
	c->digest = *digest;
	return find_from(c, 0);
}

/**
 * rivet_riv_next() - find the next value with the same digest
 * @c: cursor for which rivet_riv_first() or this function has returned true
 *
 * Context: the same rcu_read_lock() as rivet_riv_first(); or a later one in which
 * rivet_riv_generation() is the same as before rivet_riv_first(): the sets of that time are
 * freed only after it has changed.
 * Return: true if there is one.
 */
bool rivet_riv_next(struct rivet_riv_cursor *c)
{
	const struct rivet_riv *riv = rivet_riv_set_find_next(c->set, c->riv, &c->digest);

	if (!riv)
		return find_from(c, c->position + 1);
	c->riv = riv;
	return true;
}

/**
 * rivet_riv_find_path() - find the expected value of a path
 * @c: cursor, set to the first value with exactly this path, in the first active
 *	set that has one and is neither expired nor revoked; not for
 *	rivet_riv_next()
 * @path: absolute path
 *
 * Context: rcu_read_lock() held by the caller as long as it uses the cursor.
 * Return: true if there is one.
 */
bool rivet_riv_find_path(struct rivet_riv_cursor *c, const char *path)
{
	const struct rivet_riv_slot *slot;
	unsigned int i;

	c->index = rcu_dereference(rivet_riv_active);
	c->revoked = false;
	for (i = 0; c->index && i < c->index->count; i++) {
		slot = &c->index->slots[i];
		if (slot->set->kind != RIVET_MANIFEST_SET || slot->revoked ||
		    rivet_clock_is_past(slot->set->valid_until))
			continue;
		c->riv = rivet_riv_set_find_path(slot->set, path);
		if (c->riv) {
			c->set = slot->set;
			c->position = i;
			return true;
		}
	}
	return false;
}

/**
 * rivet_riv_is_revoked() - check whether a revocation names a digest
 * @digest: digest of a file or a certificate; every algorithm gives another digest
 *
 * Context: any.
 * Return: true if no set may vouch for the file, or if the certificate is not
 * valid any more.
 */
bool rivet_riv_is_revoked(const struct rivet_digest *digest)
{
	bool found;

	rcu_read_lock();
	found = rivet_riv_revoked_in(rcu_dereference(rivet_riv_active), digest);
	rcu_read_unlock();
	return found;
}

/**
 * rivet_riv_vouches() - check whether a valid set vouches for a digest, at any path
 * @digest: digest of a file
 *
 * Context: any.
 * Return: true if a set that is neither expired nor revoked names it, and no revocation does.
 */
bool rivet_riv_vouches(const struct rivet_digest *digest)
{
	struct rivet_riv_cursor c;
	bool more, vouches = false;

	rcu_read_lock();
	more = !rivet_riv_revoked_in(rcu_dereference(rivet_riv_active), digest) &&
	       rivet_riv_first(&c, digest);
	for (; more && !vouches; more = rivet_riv_next(&c))
		vouches = !c.revoked && !rivet_clock_is_past(c.set->valid_until);
	rcu_read_unlock();
	return vouches;
}

static bool any_active(bool (*fits)(const struct rivet_set *set, u64 arg), u64 arg)
{
	const struct rivet_riv_index *index;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	index = rcu_dereference(rivet_riv_active);
	for (i = 0; index && i < index->count && !found; i++)
		found = fits(index->slots[i].set, arg);
	rcu_read_unlock();
	return found;
}

static bool knows_size(const struct rivet_set *set, u64 size)
{
	return set->kind == RIVET_MANIFEST_SET && rivet_riv_set_knows_size(set, size);
}

static bool revokes_files(const struct rivet_set *set, u64 unused)
{
	return set->kind == RIVET_MANIFEST_REVOKE && set->has_files;
}

/**
 * rivet_riv_knows_size() - check whether a file of this size can match
 * @size: size in bytes
 *
 * Context: any.
 * Return: false if no active set has a value of this size. True does not mean
 * that one has: different sizes may share a bit.
 */
bool rivet_riv_knows_size(u64 size)
{
	return any_active(knows_size, size);
}

/**
 * rivet_riv_revokes_files() - check whether some revocation names a file
 *
 * Their digests have no sizes, and need not be in any set any more.
 *
 * Context: any.
 * Return: true if so.
 */
bool rivet_riv_revokes_files(void)
{
	return any_active(revokes_files, 0);
}

/**
 * rivet_riv_take_sets() - take the active sets, revocations excepted
 * @name: name of the only one; "" for all
 * @sets: room for RIVET_SETS_MAX; NULL only to count them
 *
 * Context: any.
 * Return: their number; each has a reference more, for rivet_riv_set_put().
 */
unsigned int rivet_riv_take_sets(const char *name, struct rivet_set **sets)
{
	const struct rivet_riv_index *index;
	struct rivet_set *set;
	unsigned int i, n = 0;

	rcu_read_lock();
	index = rcu_dereference(rivet_riv_active);
	for (i = 0; index && i < index->count; i++) {
		set = index->slots[i].set;
		if (set->kind != RIVET_MANIFEST_SET || (name[0] && strcmp(set->name, name)))
			continue;
		if (sets && !refcount_inc_not_zero(&set->refs))
			continue;	/* just displaced */
		if (sets)
			sets[n] = set;
		n++;
	}
	rcu_read_unlock();
	return n;
}

static void add_to_totals(struct rivet_riv_totals *totals, const struct rivet_riv_slot *slot)
{
	const struct rivet_set *set = slot->set;

	totals->bytes += set->bytes;
	if (set->kind == RIVET_MANIFEST_REVOKE) {
		totals->revoked += set->count;
		return;
	}
	if (slot->revoked)
		return;
	totals->sets++;
	totals->values += set->count;
	totals->expired += rivet_clock_is_past(set->valid_until);
}

/**
 * rivet_riv_count() - get the totals of the active sets
 * @out: filled in
 *
 * Context: any.
 */
void rivet_riv_count(struct rivet_riv_totals *out)
{
	const struct rivet_riv_index *index;
	unsigned int i;

	*out = (struct rivet_riv_totals){};
	rcu_read_lock();
	index = rcu_dereference(rivet_riv_active);
	for (i = 0; index && i < index->count; i++)
		add_to_totals(out, &index->slots[i]);
	rcu_read_unlock();
}

static void show_slot(struct seq_file *m, const struct rivet_riv_slot *slot)
{
	const struct rivet_set *set = slot->set;
	char until[RIVET_RIV_SET_TIME_MAX];

	seq_printf(m, "%s %s version %llu values %u bytes %zu",
		   set->kind == RIVET_MANIFEST_REVOKE ? "revoke" : "set", set->name,
		   set->version, set->count, set->bytes);
	if (set->valid_until) {
		rivet_riv_set_format_time(set->valid_until, until, sizeof(until));
		seq_printf(m, " expires %s", until);
	}
	seq_printf(m, "%s%s\n", rivet_clock_is_past(set->valid_until) ? " expired" : "",
		   slot->revoked ? " revoked" : "");
}

/**
 * rivet_riv_show() - list the active sets
 * @m: output
 *
 * One line for each set: "set" or "revoke", its name, "version" and its version,
 * "values" and their number, "bytes" and the kernel memory it takes; then, if it
 * has a valid-until, "expires" and that time; then "expired" if that time is over, and
 * "revoked" if a revocation names the certificate that signed it.
 *
 * Context: any.
 * Return: 0.
 */
int rivet_riv_show(struct seq_file *m)
{
	const struct rivet_riv_index *index;
	unsigned int i;

	rcu_read_lock();
	index = rcu_dereference(rivet_riv_active);
	for (i = 0; index && i < index->count; i++)
		show_slot(m, &index->slots[i]);
	rcu_read_unlock();
	return 0;
}
