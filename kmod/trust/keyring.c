// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - keyrings: making and shutting rivet's keyrings
 *
 * A keyring that takes additions from user space must be writable by root. The kernel
 * then runs its restriction for each addition. KEY_FLAG_KEEP prevents root from removing
 * members or the keyring itself. Without SETATTR and LINK permission nobody can change its
 * permissions or possess it.
 *
 * One path avoids a restriction: request_key(2) links a key that is still
 * under construction into its destination without asking (seen in 6.1, 6.12 and
 * 7.2). So the presence of a key in such a keyring proves nothing by itself.
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
 * A key is linked into a private keyring under a lock that restrictions take while their own
 * keyring is locked. So private keyrings need another lock class.
 */
static struct lock_class_key private_ring_sem;

/**
 * rivet_keyring_alloc() - make a keyring that takes additions from root
 * @name: its description, which begins with a dot so that nobody can make another of that name
 * @check: decides about each addition
 *
 * The restriction belongs to the key type riv: if anything still holds the keyring when
 * that type is unregistered, the kernel makes the restriction refuse everything.
 *
 * Context: may sleep.
 * Return: the keyring with one reference, or ERR_PTR(-ENOMEM).
 */
struct key *rivet_keyring_alloc(const char *name, key_restrict_link_func_t check)
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
 * rivet_keyring_alloc_private() - make a keyring that only this module can reach
 * @name: its description
 *
 * Nobody may view, search or write it, regardless of capabilities; the
 * kernel searches it as a possessor.
 *
 * Context: may sleep.
 * Return: the keyring with one reference, or ERR_PTR(-ENOMEM).
 */
struct key *rivet_keyring_alloc_private(const char *name)
{
	struct key *ring;

	ring = keyring_alloc(name, GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
			     KEY_POS_SEARCH, RING_FLAGS, NULL, NULL);
	if (!IS_ERR(ring))
		lockdep_set_class(&ring->sem, &private_ring_sem);
	return ring;
}

/**
 * rivet_keyring_shut() - make a keyring unusable
 * @ring: from rivet_keyring_alloc() or rivet_keyring_alloc_private(); may be NULL
 *
 * The keyring may live on while others hold references. Nothing relies on it any more, it
 * permits no access, and it does not call into this module any more.
 *
 * Context: may sleep; waits for an addition under way, so the caller holds no
 * lock that a restriction takes. The reference stays with the caller.
 */
void rivet_keyring_shut(struct key *ring)
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
 * rivet_keyring_is_link() - check whether a restriction was called for an existing key
 * @payload: the payload argument of the restriction
 *
 * The payload of a key that is being added is on the stack of the adding task; the payload
 * of an existing key is in the key itself. Only the former inherits KEY_FLAG_KEEP: the
 * creator of an existing key could still remove it.
 *
 * Context: inside a restriction.
 * Return: true for a key that exists.
 */
bool rivet_keyring_is_link(const union key_payload *payload)
{
	return !object_is_on_stack(payload);
}

/**
 * rivet_keyring_data() - get the bytes of a key that is being added
 * @payload: the payload argument of the restriction; rivet_keyring_is_link() is false for it
 * @len: set to the number of bytes
 *
 * The payload of such a key is part of the struct that its type's preparse was given.
 * (The kernel keeps a parsed certificate without these bytes.)
 *
 * Context: inside a restriction; the bytes are valid until it returns.
 * Return: the bytes.
 */
const void *rivet_keyring_data(const union key_payload *payload, size_t *len)
{
	const struct key_preparsed_payload *prep =
		container_of(payload, struct key_preparsed_payload, payload);

	*len = prep->datalen;
	return prep->data;
}
