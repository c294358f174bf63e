// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIVs: making sets active, one in place of another
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "evidence/log.h"
#include "object/version.h"
#include "riv/active.h"
#include "riv/index.h"
#include "riv/publish.h"

/*
 * Protects changes of rivet_riv_active and of the generation. It is taken with a keyring's
 * semaphore and the kernel's key_construction_mutex held, and is itself taken before the
 * floors' lock.
 */
static DEFINE_MUTEX(riv_lock);

struct rivet_riv_index __rcu *rivet_riv_active;	/* changed under riv_lock, read under RCU */

u64 rivet_riv_generation_value = 1;	/* changed under riv_lock */

static void (*listener)(void);	/* changed and called under riv_lock */

static struct rivet_riv_index *index_locked(void)
{
	return rcu_dereference_protected(rivet_riv_active, lockdep_is_held(&riv_lock));
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

/* The signer of a revocation must remain valid, so that later objects can be loaded */
static int check_signer(const struct rivet_set *set)
{
	if (rivet_riv_revoked_in(index_locked(), &set->signer))
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
	if (!ret)
		ret = rivet_floor_reserve_issued(set->issued);
	return ret;
}

static void raise_floors(const struct rivet_set *set)
{
	rivet_floor_accept(floor_kind(set), slice_of(set->name), set->version, &set->text_digest);
	if (set->replaces[0])
		rivet_floor_accept(floor_kind(set), slice_of(set->replaces), RIVET_FLOOR_RETIRED,
				   NULL);
	rivet_floor_accept_issued(set->issued);
}

static void mark_revoked(struct rivet_riv_index *index)
{
	struct rivet_riv_slot *slot;

	for (slot = index->slots; slot < index->slots + index->count; slot++)
		slot->revoked = slot->set->kind == RIVET_MANIFEST_SET &&
				rivet_riv_revoked_in(index, &slot->set->signer);
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

/* Before the set is there: a report is not to name a set that the measurement list lacks. */
static void record(const struct rivet_set *set)
{
	char digest[RIVET_DIGEST_TEXT_MAX];

	rivet_digest_format(&set->text_digest, digest, sizeof(digest));
	rivet_log_add(set->kind == RIVET_MANIFEST_REVOKE ? "rivet:revoke" : "rivet:riv",
		      "%s %llu %s", set->name, set->version, digest);
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
	record(set);
	rcu_assign_pointer(rivet_riv_active, index);
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
	RCU_INIT_POINTER(rivet_riv_active, NULL);
	bump_generation();
	mutex_unlock(&riv_lock);
	if (!old)
		return;
	for (i = 0; i < old->count; i++)
		rivet_riv_set_put(old->slots[i].set);
	kfree_rcu(old, rcu);
}
