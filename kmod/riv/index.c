// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIVs: the active sets and the search in all of them
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "object/version.h"
#include "riv/index.h"

/**
 * struct slot - an active set or revocation
 * @set: the set, with a reference
 * @revoked: a RIV set whose signing certificate a revocation names
 */
struct slot {
	struct rivet_set *set;
	bool revoked;
};

/**
 * struct rivet_riv_index - the active sets and revocations
 *
 * A change replaces it as a whole.
 *
 * @rcu: frees it
 * @count: number of @slots
 * @slots: in the order in which they were first published
 */
struct rivet_riv_index {
	struct rcu_head rcu;
	unsigned int count;
	struct slot slots[] __counted_by(count);
};

/*
 * Protects changes of riv_index and of the generation. It is taken with a keyring's semaphore
 * and the kernel's key_construction_mutex held, and is itself taken before the floors' lock.
 */
static DEFINE_MUTEX(riv_lock);

static struct rivet_riv_index __rcu *riv_index;	/* changed under riv_lock, read under RCU */

u64 rivet_riv_generation_value = 1;	/* changed under riv_lock */

static void (*listener)(void);	/* changed and called under riv_lock */

static struct rivet_riv_index *index_locked(void)
{
	return rcu_dereference_protected(riv_index, lockdep_is_held(&riv_lock));
}

static struct rivet_slice slice_of(const char *name)
{
	return (struct rivet_slice){ .ptr = name, .len = strlen(name) };
}

static enum rivet_floor_kind floor_kind(const struct rivet_set *set)
{
	return set->kind == RIVET_MANIFEST_REVOKE ? RIVET_FLOOR_REVOKE : RIVET_FLOOR_RIV;
}

/* Returns whether @set takes the place of @other. */
static bool displaces(const struct rivet_set *set, const struct rivet_set *other)
{
	if (set->kind != other->kind)
		return false;
	return !strcmp(set->name, other->name) || !strcmp(set->replaces, other->name);
}

static unsigned int count_kept(const struct rivet_riv_index *index, const struct rivet_set *set)
{
	unsigned int i, kept = 0;

	for (i = 0; index && i < index->count; i++)
		kept += !displaces(set, index->slots[i].set);
	return kept;
}

static bool is_revoked_in(const struct rivet_riv_index *index, const struct rivet_digest *digest)
{
	unsigned int i;

	for (i = 0; index && i < index->count; i++)
		if (index->slots[i].set->kind == RIVET_MANIFEST_REVOKE &&
		    rivet_riv_set_find(index->slots[i].set, digest))
			return true;
	return false;
}

/* The signer of a revocation must remain valid, so that later objects can be loaded */
static int check_signer(const struct rivet_set *set)
{
	if (is_revoked_in(index_locked(), &set->signer))
		return -EKEYREJECTED;
	if (set->kind == RIVET_MANIFEST_REVOKE && rivet_riv_set_find(set, &set->signer))
		return -EPERM;
	return 0;
}

static int check_locked(const struct rivet_set *set)
{
	int ret;

	lockdep_assert_held(&riv_lock);
	if (set->replaces[0] && set->kind == RIVET_MANIFEST_REVOKE)
		return -EINVAL;
	ret = check_signer(set);
	if (!ret)
		ret = rivet_floor_check(floor_kind(set), slice_of(set->name), set->version,
					&set->text_digest);
	if (!ret && set->count && count_kept(index_locked(), set) >= RIVET_SETS_MAX)
		ret = -ENOSPC;
	return ret;
}

/**
 * rivet_riv_check() - check whether rivet_riv_publish() would accept a set
 * @set: a set that was built
 *
 * Context: may sleep.
 * Return: 0; 1 if the very same text is active already, so that nothing would
 * change; -ESTALE if a newer version was active, or another text of this version, or
 * if another set has replaced it; -EINVAL for a revocation that replaces; -EPERM for a
 * revocation that names its own signing certificate; -EKEYREJECTED if another revocation
 * names that certificate; -ENOSPC if RIVET_SETS_MAX are active.
 */
int rivet_riv_check(const struct rivet_set *set)
{
	int ret;

	mutex_lock(&riv_lock);
	ret = check_locked(set);
	mutex_unlock(&riv_lock);
	return ret;
}

static int reserve_floors(const struct rivet_set *set)
{
	int ret = rivet_floor_reserve(floor_kind(set), slice_of(set->name));

	if (!ret && set->replaces[0])
		ret = rivet_floor_reserve(floor_kind(set), slice_of(set->replaces));
	return ret;
}

static void raise_floors(const struct rivet_set *set)
{
	rivet_floor_accept(floor_kind(set), slice_of(set->name), set->version, &set->text_digest);
	if (set->replaces[0])
		rivet_floor_accept(floor_kind(set), slice_of(set->replaces), RIVET_FLOOR_RETIRED,
				   NULL);
}

static void mark_revoked(struct rivet_riv_index *index)
{
	struct slot *slot;

	for (slot = index->slots; slot < index->slots + index->count; slot++)
		slot->revoked = slot->set->kind == RIVET_MANIFEST_SET &&
				is_revoked_in(index, &slot->set->signer);
}

/* Build the next index; it holds no reference on @set yet */
static struct rivet_riv_index *make_index(const struct rivet_riv_index *old, struct rivet_set *set)
{
	unsigned int kept = count_kept(old, set), i;
	struct rivet_riv_index *index;

	index = kzalloc(struct_size(index, slots, kept + 1), GFP_KERNEL);
	if (!index)
		return NULL;
	index->count = kept + !!set->count;
	for (i = kept = 0; old && i < old->count; i++)
		if (!displaces(set, old->slots[i].set))
			index->slots[kept++].set = old->slots[i].set;
	if (set->count)
		index->slots[kept].set = set;
	mark_revoked(index);
	return index;
}

/*
 * A reader of the new generation must see the new sets. Otherwise it could keep a result of
 * the old sets under the new number, and never look it up again. The reverse order only
 * costs one unnecessary lookup.
 */
static void bump_generation(void)
{
	lockdep_assert_held(&riv_lock);
	smp_wmb();	/* pairs with rivet_riv_generation() */
	WRITE_ONCE(rivet_riv_generation_value, rivet_riv_generation_value + 1);
}

static void drop_displaced(struct rivet_riv_index *old, const struct rivet_set *set)
{
	unsigned int i;

	if (!old)
		return;
	for (i = 0; i < old->count; i++)
		if (displaces(set, old->slots[i].set))
			rivet_riv_set_put(old->slots[i].set);
	kfree_rcu(old, rcu);
}

/* A revocation may concern files and the signers of sets. One that goes gives back only. */
static bool takes_away(const struct rivet_riv_index *old, const struct rivet_set *set)
{
	if (set->kind == RIVET_MANIFEST_REVOKE)
		return set->count;
	return old && count_kept(old, set) < old->count;
}

static int publish_locked(struct rivet_set *set)
{
	struct rivet_riv_index *old = index_locked(), *index;
	int ret = reserve_floors(set);

	if (ret)
		return ret;
	index = make_index(old, set);
	if (!index)
		return -ENOMEM;
	if (set->count)
		refcount_inc(&set->refs);
	raise_floors(set);
	rcu_assign_pointer(riv_index, index);
	bump_generation();
	if (listener && takes_away(old, set))
		listener();
	drop_displaced(old, set);
	return 0;
}

/**
 * rivet_riv_listen() - register a function that is called when files may lose their RIVs
 * @lost: called after a set was replaced or withdrawn, and after a revocation was published;
 *	with a mutex held, so it may only start work. NULL to stop, after which it is not
 *	called any more
 *
 * Context: may sleep.
 */
void rivet_riv_listen(void (*lost)(void))
{
	mutex_lock(&riv_lock);
	listener = lost;
	mutex_unlock(&riv_lock);
}

/**
 * rivet_riv_publish() - make a set active and withdraw the sets it displaces
 * @set: a set that was built; the caller keeps its reference
 *
 * It displaces the active set of its kind and name, and the set it replaces,
 * whose name is retired. A set without values only displaces: the name is
 * withdrawn. Readers see all of it at once.
 *
 * Context: may sleep.
 * Return: 0; 1 if it is active already and nothing was changed; an error of
 * rivet_riv_check(), or -ENOSPC or -ENOMEM for its floor: nothing was changed.
 */
int rivet_riv_publish(struct rivet_set *set)
{
	int ret;

	mutex_lock(&riv_lock);
	ret = check_locked(set);
	if (!ret)
		ret = publish_locked(set);
	mutex_unlock(&riv_lock);
	return ret;
}

/**
 * rivet_riv_withdraw_all() - withdraw all sets
 *
 * Context: may sleep; module exit, after the last hook was detached.
 */
void rivet_riv_withdraw_all(void)
{
	struct rivet_riv_index *old;
	unsigned int i;

	mutex_lock(&riv_lock);
	old = index_locked();
	RCU_INIT_POINTER(riv_index, NULL);
	bump_generation();
	mutex_unlock(&riv_lock);
	if (!old)
		return;
	for (i = 0; i < old->count; i++)
		rivet_riv_set_put(old->slots[i].set);
	kfree_rcu(old, rcu);
}

static bool find_from(struct rivet_riv_cursor *c, unsigned int position)
{
	const struct slot *slot;

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
 * rivet_riv_set_expired() and the cursor's @revoked.
 *
 * Context: rcu_read_lock() held by the caller as long as it uses the cursor.
 * Return: true if there is one.
 */
bool rivet_riv_first(struct rivet_riv_cursor *c, const struct rivet_digest *digest)
{
	c->index = rcu_dereference(riv_index);
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
	const struct slot *slot;
	unsigned int i;

	c->index = rcu_dereference(riv_index);
	c->revoked = false;
	for (i = 0; c->index && i < c->index->count; i++) {
		slot = &c->index->slots[i];
		if (slot->set->kind != RIVET_MANIFEST_SET || slot->revoked ||
		    rivet_riv_set_expired(slot->set))
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
	found = is_revoked_in(rcu_dereference(riv_index), digest);
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
	more = !is_revoked_in(rcu_dereference(riv_index), digest) && rivet_riv_first(&c, digest);
	for (; more && !vouches; more = rivet_riv_next(&c))
		vouches = !c.revoked && !rivet_riv_set_expired(c.set);
	rcu_read_unlock();
	return vouches;
}

static bool any_active(bool (*fits)(const struct rivet_set *set, u64 arg), u64 arg)
{
	const struct rivet_riv_index *index;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	index = rcu_dereference(riv_index);
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
	index = rcu_dereference(riv_index);
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

static void add_to_totals(struct rivet_riv_totals *totals, const struct slot *slot)
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
	totals->expired += rivet_riv_set_expired(set);
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
	index = rcu_dereference(riv_index);
	for (i = 0; index && i < index->count; i++)
		add_to_totals(out, &index->slots[i]);
	rcu_read_unlock();
}

static void show_slot(struct seq_file *m, const struct slot *slot)
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
	seq_printf(m, "%s%s\n", rivet_riv_set_expired(set) ? " expired" : "",
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
 * Context: may sleep.
 * Return: 0.
 */
int rivet_riv_show(struct seq_file *m)
{
	const struct rivet_riv_index *index;
	unsigned int i;

	mutex_lock(&riv_lock);
	index = index_locked();
	for (i = 0; index && i < index->count; i++)
		show_slot(m, &index->slots[i]);
	mutex_unlock(&riv_lock);
	return 0;
}
