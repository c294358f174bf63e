// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - rings: how rivet's keyrings are made and taken away
 *
 * A ring that takes additions from user space must be writable by root. Each
 * addition then runs its restriction, KEY_FLAG_KEEP keeps root from taking
 * members or the ring away, and no SETATTR or LINK permission means that
 * nobody can change its permissions or possess it.
 *
 * One thing gets past a restriction: request_key(2) links a key that is still
 * under construction into its destination without asking (seen in 6.1, 6.12 and
 * 7.2). What is found in such a ring therefore proves nothing by itself.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/key-type.h>
#include <linux/key.h>
#include <linux/lockdep.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>

#include "trust/keyring.h"
#include "trust/riv_key.h"

#define RING_PERM \
	(KEY_POS_SEARCH | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_WRITE | KEY_USR_SEARCH)
#define RING_FLAGS	(KEY_ALLOC_NOT_IN_QUOTA | KEY_ALLOC_SET_KEEP)

/*
 * A key is linked into a private ring while the lock is held that restrictions
 * of other rings take with their own ring locked: another class.
 */
static struct lock_class_key private_ring_sem;

/**
 * rivet_ring_alloc() - make a keyring that takes additions from root
 * @name: its description, beginning with a dot so that nobody can pass another off as it
 * @check: decides about each addition
 *
 * The restriction belongs to the key type riv: if anything holds the ring when
 * that type is unregistered, the kernel makes the restriction refuse everything.
 *
 * Context: may sleep.
 * Return: the keyring with one reference, or ERR_PTR(-ENOMEM).
 */
struct key *rivet_ring_alloc(const char *name, key_restrict_link_func_t check)
{
	struct key_restriction *restriction;
	struct key *ring;

	restriction = kzalloc(sizeof(*restriction), GFP_KERNEL);
	if (!restriction)
		return ERR_PTR(-ENOMEM);
	restriction->check = check;
	restriction->keytype = &rivet_key_type;
	ring = keyring_alloc(name, GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
			     RING_PERM, RING_FLAGS, restriction, NULL);
	if (IS_ERR(ring))
		kfree(restriction);
	return ring;
}

/**
 * rivet_ring_alloc_private() - make a keyring that only this module can reach
 * @name: its description
 *
 * Nobody may view, search or write it, whatever capabilities they have; the
 * kernel searches it as a possessor.
 *
 * Context: may sleep.
 * Return: the keyring with one reference, or ERR_PTR(-ENOMEM).
 */
struct key *rivet_ring_alloc_private(const char *name)
{
	struct key *ring;

	ring = keyring_alloc(name, GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
			     KEY_POS_SEARCH, RING_FLAGS, NULL, NULL);
	if (!IS_ERR(ring))
		lockdep_set_class(&ring->sem, &private_ring_sem);
	return ring;
}

/**
 * rivet_ring_shut() - let nobody use a keyring any more
 * @ring: from rivet_ring_alloc() or rivet_ring_alloc_private(); may be NULL
 *
 * Whoever still holds a reference keeps a ring that nothing relies on, that
 * permits nobody anything and that calls nothing in this module any more.
 *
 * Context: may sleep; waits for an addition under way, so the caller holds no
 * lock that a restriction takes. The reference stays with the caller.
 */
void rivet_ring_shut(struct key *ring)
{
	if (!ring)
		return;
	down_write(&ring->sem);
	ring->perm = 0;
	if (ring->restrict_link) {
		ring->restrict_link->check = NULL;
		ring->restrict_link->keytype = NULL;
	}
	up_write(&ring->sem);
}

/**
 * rivet_ring_is_link() - whether a restriction was asked about a key that already exists
 * @payload: what the restriction was given
 *
 * A key that is being added has its payload on the stack of the adding task; a
 * key that exists has it in itself. Only the former inherits KEY_FLAG_KEEP:
 * whoever made an existing key could still take it away again.
 *
 * Context: inside a restriction.
 * Return: true for a key that exists.
 */
bool rivet_ring_is_link(const union key_payload *payload)
{
	return !object_is_on_stack(payload);
}

/**
 * rivet_ring_data() - the bytes that a key being added is made of
 * @payload: what the restriction was given; rivet_ring_is_link() has said no
 * @len: set to how many
 *
 * The payload of such a key lies in the struct that its type's preparse was given.
 * (What the kernel keeps of a certificate afterwards is without its bytes.)
 *
 * Context: inside a restriction; valid as long.
 * Return: the bytes.
 */
const void *rivet_ring_data(const union key_payload *payload, size_t *len)
{
	const struct key_preparsed_payload *prep =
		container_of(payload, struct key_preparsed_payload, payload);

	*len = prep->datalen;
	return prep->data;
}
