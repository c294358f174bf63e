// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the admitted certificates of a role
 *
 * The kernel asks a restriction before the key exists, and does not report whether the
 * addition succeeded. So an admission is recorded by the contents of the certificate. Every
 * user of a list settles it first: it searches the public keyring of the role for the keys
 * of the recorded admissions.
 */
#include <crypto/public_key.h>
#include <crypto/sha2.h>
#include <keys/asymmetric-type.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "riv/index.h"
#include "trust/admitted.h"
#include "trust/cert.h"

/**
 * struct member - a certificate that was admitted
 * @list: in the list's list
 * @fingerprint: recognises the certificate
 * @digest: the digest by which revocations name it
 * @id: serial number and issuer, to find its key in the public keyring
 * @key: the key in the list's private keyring, with a reference; NULL until it was found in
 *	the public keyring
 * @absent: the last search certainly did not find it in the public keyring
 */
struct member {
	struct list_head list;
	u8 fingerprint[SHA256_DIGEST_SIZE];
	struct rivet_digest digest;
	struct asymmetric_key_id *id;
	struct key *key;
	bool absent;
};

static void drop_member(struct rivet_admitted *admitted, struct member *member)
{
	lockdep_assert_held(&admitted->lock);
	list_del(&member->list);
	admitted->count--;
	key_put(member->key);
	kfree(member->id);
	kfree(member);
}

static struct member *find_member(const struct rivet_admitted *admitted, const u8 *fingerprint)
{
	struct member *member;

	lockdep_assert_held(&admitted->lock);
	list_for_each_entry(member, &admitted->members, list)
		if (!memcmp(member->fingerprint, fingerprint, SHA256_DIGEST_SIZE))
			return member;
	return NULL;
}

/* Returns 0 if equal, -ENOKEY if not; another errno if that cannot be determined */
static int compare_fingerprint(const struct key *key, const u8 *fingerprint)
{
	u8 found[SHA256_DIGEST_SIZE];
	struct rivet_cert cert;
	const char *why;
	int ret;

	if (rivet_cert_open(&cert, key->type, &key->payload, &why))
		return -ENOKEY;
	ret = rivet_cert_fingerprint(&cert, found);
	if (ret)
		return ret;
	return memcmp(found, fingerprint, sizeof(found)) ? -ENOKEY : 0;
}

/*
 * Returns the key of an admitted certificate, with a reference. Returns ERR_PTR(-ENOMEM) if
 * that cannot be determined, any other error if the key certainly is not there.
 */
static struct key *find_in_public(const struct rivet_admitted *admitted,
				  const struct member *member)
{
	struct key *key = find_asymmetric_key(admitted->public, member->id, NULL, NULL, false);
	int ret;

	if (IS_ERR(key))
		return key;
	ret = compare_fingerprint(key, member->fingerprint);
	if (!ret)
		return key;
	key_put(key);
	return ERR_PTR(ret == -ENOKEY ? ret : -ENOMEM);
}

/* As in any keyring, the new key has replaced the one with the same description */
static void drop_namesakes(struct rivet_admitted *admitted, const struct member *newcomer)
{
	struct member *member, *next;

	list_for_each_entry_safe(member, next, &admitted->members, list)
		if (member != newcomer && member->key &&
		    !strcmp(member->key->description, newcomer->key->description))
			drop_member(admitted, member);
}

static void settle_member(struct rivet_admitted *admitted, struct member *member)
{
	struct key *key = find_in_public(admitted, member);

	member->absent = IS_ERR(key) && key != ERR_PTR(-ENOMEM);
	if (IS_ERR(key))
		return;
	if (key_link(admitted->private, key)) {
		key_put(key);
		return;
	}
	member->key = key;
	drop_namesakes(admitted, member);
}

/* Link newly admitted keys into the private keyring, and count the unrevoked members */
static u32 settle_members(struct rivet_admitted *admitted)
{
	struct member *member;
	u32 count = 0;

	lockdep_assert_held(&admitted->lock);
	list_for_each_entry(member, &admitted->members, list)
		if (!member->key)
			settle_member(admitted, member);
	list_for_each_entry(member, &admitted->members, list)
		count += member->key && !rivet_riv_is_revoked(&member->digest);
	return count;
}

/*
 * An addition can still fail after it was admitted. The caller is inside the restriction of
 * the public keyring, so no other addition is under way: a certificate that is not in the
 * keyring now was never added.
 */
static void drop_failed(struct rivet_admitted *admitted)
{
	struct member *member, *next;

	settle_members(admitted);
	list_for_each_entry_safe(member, next, &admitted->members, list)
		if (member->absent && !member->key)
			drop_member(admitted, member);
}

static int add_member(struct rivet_admitted *admitted, const struct asymmetric_key_id *id,
		      const u8 *fingerprint, const struct rivet_digest *digest)
{
	struct member *member;

	lockdep_assert_held(&admitted->lock);
	member = kzalloc(sizeof(*member), GFP_KERNEL);
	if (!member)
		return -ENOMEM;
	member->id = kmemdup(id, sizeof(*id) + id->len, GFP_KERNEL);
	if (!member->id) {
		kfree(member);
		return -ENOMEM;
	}
	memcpy(member->fingerprint, fingerprint, sizeof(member->fingerprint));
	member->digest = *digest;
	list_add_tail(&member->list, &admitted->members);
	admitted->count++;
	return 0;
}

/* Another encoding of the same certificate has a different digest but the same fingerprint */
static int admit_locked(struct rivet_admitted *admitted, const struct rivet_cert *cert,
			const u8 *fingerprint, const struct rivet_digest *digest, bool certified)
{
	const struct member *member;

	lockdep_assert_held(&admitted->lock);
	if (admitted->sealed && !certified)
		return -EPERM;
	member = find_member(admitted, fingerprint);
	if (rivet_riv_is_revoked(digest) || (member && rivet_riv_is_revoked(&member->digest)))
		return -EKEYREJECTED;
	if (member)
		return 1;
	if (admitted->count >= RIVET_ADMITTED_MAX)
		drop_failed(admitted);
	if (admitted->count >= RIVET_ADMITTED_MAX)
		return -ENOSPC;
	return add_member(admitted, cert->ids->id[0], fingerprint, digest);
}

/**
 * rivet_admitted_add() - record the admission of a certificate
 * @admitted: the list
 * @cert: the certificate
 * @digest: its rivet_cert_digest()
 * @certified: whether a CA has certified it
 *
 * Context: inside the restriction of the list's public keyring; may sleep.
 * Return: 0; 1 if it was admitted before; -EPERM if the list is sealed and @certified is
 * false; -EKEYREJECTED if it is revoked; -ENOSPC if the list is full; -ENOMEM.
 */
int rivet_admitted_add(struct rivet_admitted *admitted, const struct rivet_cert *cert,
		       const struct rivet_digest *digest, bool certified)
{
	u8 fingerprint[SHA256_DIGEST_SIZE];
	int ret = rivet_cert_fingerprint(cert, fingerprint);

	if (ret)
		return ret;
	mutex_lock(&admitted->lock);
	ret = admit_locked(admitted, cert, fingerprint, digest, certified);
	mutex_unlock(&admitted->lock);
	return ret;
}

/**
 * rivet_admitted_seal() - admit from now on only certificates that a CA has certified
 * @admitted: the list
 * @least: minimum number of certificates in it that are not revoked
 * @count: set to the number of certificates in it that are not revoked
 *
 * Context: may sleep.
 * Return: 0; 1 if it was sealed already; -EPERM if @count is less than @least.
 */
int rivet_admitted_seal(struct rivet_admitted *admitted, u32 least, u32 *count)
{
	int ret = 0;

	mutex_lock(&admitted->lock);
	*count = settle_members(admitted);
	if (admitted->sealed)
		ret = 1;
	else if (*count < least)
		ret = -EPERM;
	else
		WRITE_ONCE(admitted->sealed, true);
	mutex_unlock(&admitted->lock);
	return ret;
}

/**
 * rivet_admitted_count() - count the certificates in a list that are not revoked
 * @admitted: the list
 *
 * Context: may sleep.
 * Return: the number.
 */
u32 rivet_admitted_count(struct rivet_admitted *admitted)
{
	u32 count;

	mutex_lock(&admitted->lock);
	count = settle_members(admitted);
	mutex_unlock(&admitted->lock);
	return count;
}

/**
 * rivet_admitted_is_revoked() - check whether a revocation names a certificate in a list
 * @admitted: the list
 * @key: a key in its private keyring
 *
 * Context: may sleep.
 * Return: true if so.
 */
bool rivet_admitted_is_revoked(struct rivet_admitted *admitted, const struct key *key)
{
	struct member *member;
	bool found = false;

	mutex_lock(&admitted->lock);
	list_for_each_entry(member, &admitted->members, list)
		found |= member->key == key && rivet_riv_is_revoked(&member->digest);
	mutex_unlock(&admitted->lock);
	return found;
}

/**
 * rivet_admitted_keys() - get all keys in a list, revoked ones too
 * @admitted: the list
 * @keys: filled in, each with a reference for the caller
 *
 * Context: may sleep.
 * Return: the number of keys.
 */
u32 rivet_admitted_keys(struct rivet_admitted *admitted,
			struct rivet_admitted_key keys[RIVET_ADMITTED_MAX])
{
	struct member *member;
	u32 count = 0;

	mutex_lock(&admitted->lock);
	settle_members(admitted);
	list_for_each_entry(member, &admitted->members, list) {
		if (!member->key)
			continue;
		keys[count].key = key_get(member->key);
		keys[count++].digest = member->digest;
	}
	mutex_unlock(&admitted->lock);
	return count;
}

/**
 * rivet_admitted_empty() - drop all admissions
 * @admitted: a list whose public keyring is shut
 *
 * Context: may sleep.
 */
void rivet_admitted_empty(struct rivet_admitted *admitted)
{
	struct member *member, *next;

	mutex_lock(&admitted->lock);
	list_for_each_entry_safe(member, next, &admitted->members, list)
		drop_member(admitted, member);
	mutex_unlock(&admitted->lock);
}
