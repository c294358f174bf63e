// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - key type "riv" and the keyring .rivet: how RIV sets come in
 *
 * A key of this type holds one manifest. Adding it to .rivet verifies, parses
 * and publishes the manifest; it lives nowhere else. Later operations of root on the key
 * change the list of keys, never the active sets.
 *
 * Any user may make the kernel call this type's operations through a keyring of
 * their own, so each operation checks for itself: preparse requires the capability
 * before it looks at a byte, and instantiate requires the mark that only the
 * restriction of .rivet sets.
 */
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/key-type.h>
#include <linux/init.h>
#include <linux/key.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "object/clock.h"
#include "object/split.h"
#include "riv/publish.h"
#include "riv/print.h"
#include "trust/keyring.h"
#include "trust/riv_key.h"
#include "trust/trust.h"

#define OBJECT_MAX \
	(RIVET_MANIFEST_MAX + RIVET_SIGNATURE_MAX + RIVET_OBJECT_TRAILER + \
	 sizeof(RIVET_OBJECT_MAGIC) - 1)
#define KEY_PERM	(KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH)
#define REVOKE_PREFIX	"revoke:"

static struct key *riv_ring __ro_after_init;
static bool leaving;	/* keys are about to lose their payload */

/*
 * Passes a set from load_manifest() to preparse_riv(): preparse gets the address of
 * @handover as its data, and no data from user space has that address.
 */
static DEFINE_MUTEX(handover_lock);	/* protects @handover; taken before keyring semaphores */
static struct rivet_set *handover;

static enum rivet_event_kind event_kind(const struct rivet_set *set)
{
	return set->kind == RIVET_MANIFEST_REVOKE ? RIVET_EVENT_REVOKE : RIVET_EVENT_RIV;
}

static const char *set_word(const struct rivet_set *set)
{
	return set->kind == RIVET_MANIFEST_REVOKE ? "revocation" : "set";
}

static int refuse_text(int error, const struct rivet_parse_error *err)
{
	if (err->line)
		rivet_event_change(RIVET_EVENT_RIV, error,
				   "manifest refused: line %u column %u: expected %s%s",
				   err->line, err->column, err->expected, err->found);
	else
		rivet_event_change(RIVET_EVENT_RIV, error, "manifest refused: expected %s",
				   err->expected);
	return error;
}

static int refuse_manifest(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_RIV, error, "manifest refused: %s", why);
	return error;
}

static int refuse_set(int error, const struct rivet_set *set, const char *why)
{
	rivet_event_change(event_kind(set), error, "%s %s version %llu refused: %s",
			   set_word(set), set->name, set->version, why);
	return error;
}

static const char *publish_problem(int error)
{
	switch (error) {
	case -ESTALE:
		return "it is older than what was loaded, or its name was replaced: raise version:";
	case -EINVAL:
		return "a revocation replaces no other: withdraw that one with count: 0";
	case -ENOSPC:
		return "too many sets are active or too many names known: withdraw a set";
	case -EPERM:
		return "it names the certificate that it is signed with: sign it with another";
	case -EKEYREJECTED:
		return "a revocation names its signer's certificate: sign it with another";
	default:
		return "out of memory";
	}
}

static int split_object(const void *data, size_t len, struct rivet_object *object)
{
	struct rivet_parse_error err = {};
	int ret;

	if (len > OBJECT_MAX)
		return refuse_manifest(-EFBIG, "it is larger than 64 MiB");
	ret = rivet_object_split(data, len, object, &err);
	if (!ret && object->kind != RIVET_OBJECT_MANIFEST) {
		err = (struct rivet_parse_error){
			.line = 1, .column = 1, .expected = "riv-manifest 1",
		};
		ret = -EBADMSG;
	}
	return ret ? refuse_text(ret, &err) : 0;
}

static struct rivet_set *build_set(const struct rivet_object *object,
				   const struct rivet_digest *text_digest)
{
	struct rivet_parse_error err = {};
	struct rivet_set *set;

	set = rivet_riv_set_build(object->text, object->text_len, text_digest, &err);
	if (!IS_ERR(set))
		return set;
	if (err.expected)
		refuse_text(PTR_ERR(set), &err);
	else
		refuse_manifest(PTR_ERR(set), PTR_ERR(set) == -EINTR ? "the task was killed" :
				"out of memory");
	return set;
}

/* Builds a set from the bytes of a signed object; trusts none of them before verification */
static struct rivet_set *open_manifest(const void *data, size_t len)
{
	struct rivet_object object;
	struct rivet_digest signer, text_digest;
	struct rivet_set *set;
	const char *why;
	int ret = split_object(data, len, &object);

	if (ret)
		return ERR_PTR(ret);
	ret = rivet_trust_verify(&object, &signer, &text_digest, &why);
	if (ret)
		return ERR_PTR(refuse_manifest(ret, why));
	set = build_set(&object, &text_digest);
	if (IS_ERR(set))
		return set;
	if (set->kind == RIVET_MANIFEST_RELEASE) {
		rivet_riv_set_put(set);
		return ERR_PTR(refuse_manifest(-EINVAL,
					       "it is a release: write it to the file release"));
	}
	set->signer = signer;
	return set;
}

static struct rivet_set *take_set(const struct key_preparsed_payload *prep)
{
	if (prep->data != &handover)
		return open_manifest(prep->data, prep->datalen);
	refcount_inc(&handover->refs);
	return handover;
}

static int describe_set(struct key_preparsed_payload *prep, const struct rivet_set *set)
{
	prep->description = kasprintf(GFP_KERNEL, "%s%s",
				      set->kind == RIVET_MANIFEST_REVOKE ? REVOKE_PREFIX : "",
				      set->name);
	if (!prep->description)
		return -ENOMEM;
	if (prep->orig_description && strcmp(prep->orig_description, prep->description))
		return refuse_set(-EINVAL, set,
				  "the key is to have the name of the set, or revoke: and the name of the revocation");
	return 0;
}

static int preparse_riv(struct key_preparsed_payload *prep)
{
	struct rivet_set *set;

	if (!capable(CAP_MAC_ADMIN))
		return -EPERM;
	set = take_set(prep);
	if (IS_ERR(set))
		return PTR_ERR(set);
	prep->payload.data[0] = set;
	return describe_set(prep, set);
}

static void free_preparse_riv(struct key_preparsed_payload *prep)
{
	rivet_riv_set_put(prep->payload.data[0]);
	kfree(prep->description);
}

static int refuse_key(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_RIV, error, ".rivet refused a key: %s", why);
	return error;
}

static int restrict_rivs(struct key *ring, const struct key_type *type,
			 const union key_payload *payload, struct key *unused)
{
	struct rivet_set *set;
	int ret;

	if (!capable(CAP_MAC_ADMIN))
		return refuse_key(-EPERM,
				  "the caller lacks CAP_MAC_ADMIN in the initial user namespace");
	if (type != &rivet_key_type)
		return refuse_key(-EOPNOTSUPP, "only keys of type riv go there");
	if (rivet_keyring_is_link(payload))
		return refuse_key(-EPERM, "an existing key cannot be linked in: load the manifest");
	set = payload->data[0];
	ret = rivet_riv_check(set);
	if (ret < 0)
		return refuse_set(ret, set, publish_problem(ret));
	set->admitted = true;
	return 0;
}

static void report_active(const struct rivet_set *set)
{
	char until[RIVET_RIV_SET_TIME_MAX];

	if (!set->valid_until) {
		rivet_event_change(event_kind(set), 0,
				   "%s %s version %llu is active with %u value(s)",
				   set_word(set), set->name, set->version, set->count);
		return;
	}
	rivet_riv_set_format_time(set->valid_until, until, sizeof(until));
	rivet_event_change(event_kind(set), 0,
			   "%s %s version %llu is active with %u value(s), %s %s",
			   set_word(set), set->name, set->version, set->count,
			   rivet_clock_is_past(set->valid_until) ?
			   "but vouches for nothing, since it expired at" : "until", until);
}

static void report_published(const struct rivet_set *set, bool same)
{
	if (same)
		rivet_event_change(event_kind(set), 0,
				   "%s %s version %llu was loaded before: nothing changed",
				   set_word(set), set->name, set->version);
	else if (!set->count)
		rivet_event_change(event_kind(set), 0, "%s %s is withdrawn by version %llu",
				   set_word(set), set->name, set->version);
	else
		report_active(set);
}

/*
 * The key becomes visible to root, who may look at it and do no more. Nothing after
 * this fails, so the set published here stays.
 */
static int instantiate_riv(struct key *key, struct key_preparsed_payload *prep)
{
	struct rivet_set *set = prep->payload.data[0];
	int ret;

	if (!set->admitted)
		return refuse_set(-EPERM, set, "its key is to go into the keyring .rivet");
	ret = rivet_riv_publish(set);
	if (ret < 0)
		return refuse_set(ret, set, publish_problem(ret));
	key->perm = KEY_PERM;
	key->payload.data[0] = set;
	prep->payload.data[0] = NULL;
	report_published(set, ret);
	return 0;
}

/* The index has a reference of its own */
static void destroy_riv(struct key *key)
{
	rivet_riv_set_put(key->payload.data[0]);
}

/* Called under RCU; payloads vanish without notice once the type is being unregistered */
static void describe_riv(const struct key *key, struct seq_file *m)
{
	const struct rivet_set *set;

	seq_puts(m, key->description);
	if (READ_ONCE(leaving) || !key_is_positive(key))
		return;
	set = key->payload.data[0];
	if (set->count)
		seq_printf(m, ": version %llu, %u values", set->version, set->count);
	else
		seq_printf(m, ": version %llu, withdrawn", set->version);
}

/* Writes the manifest again: it has only one form, so these are the signed bytes */
static long read_riv(const struct key *key, char *buffer, size_t size)
{
	return rivet_riv_text_write(key->payload.data[0], buffer, size);
}

/*
 * Without this the kernel would start a program to make the key. The holder of the
 * authorisation for that instantiates the key without any lock that unloading this
 * module waits for.
 */
static int refuse_request(struct key *authkey, void *aux)
{
	complete_request_key(authkey, -EOPNOTSUPP);
	return -EOPNOTSUPP;
}

struct key_type rivet_key_type = {
	.name = "riv",
	.preparse = preparse_riv,
	.free_preparse = free_preparse_riv,
	.instantiate = instantiate_riv,
	.destroy = destroy_riv,
	.describe = describe_riv,
	.read = read_riv,
	.request_key = refuse_request,
};

/**
 * rivet_riv_key_init() - register the key type and make .rivet
 *
 * Context: may sleep; module init, before rivet_trust_init().
 * Return: 0; -EEXIST if there is a key type riv already; -ENOMEM.
 */
int __init rivet_riv_key_init(void)
{
	int ret = register_key_type(&rivet_key_type);

	if (ret)
		return ret;
	riv_ring = rivet_keyring_alloc(".rivet", restrict_rivs);
	if (IS_ERR(riv_ring)) {
		unregister_key_type(&rivet_key_type);
		return PTR_ERR(riv_ring);
	}
	return 0;
}

/**
 * rivet_riv_key_exit() - withdraw all sets, and release the keyring and the key type
 *
 * Waits until the kernel has taken the payload out of every key of the type, even of
 * keys that others still hold. The two RCU grace periods are for tasks that describe
 * keys for /proc/keys meanwhile.
 *
 * Context: may sleep; module exit, after rivet_trust_exit().
 */
void rivet_riv_key_exit(void)
{
	rivet_keyring_shut(riv_ring);
	WRITE_ONCE(leaving, true);
	synchronize_rcu();
	key_put(riv_ring);
	unregister_key_type(&rivet_key_type);
	synchronize_rcu();
	rivet_riv_withdraw_all();
}

static int make_key(struct rivet_set *set)
{
	key_ref_t ref;

	mutex_lock(&handover_lock);
	handover = set;
	ref = key_create_or_update(make_key_ref(riv_ring, true), rivet_key_type.name, NULL,
				   &handover, sizeof(handover), KEY_PERM,
				   KEY_ALLOC_NOT_IN_QUOTA);
	handover = NULL;
	mutex_unlock(&handover_lock);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	key_ref_put(ref);
	return 0;
}

static int load_manifest(const void *data, size_t len, enum rivet_manifest_kind kind)
{
	struct rivet_set *set;
	int ret;

	if (!capable(CAP_MAC_ADMIN))
		return -EPERM;
	set = open_manifest(data, len);
	if (IS_ERR(set))
		return PTR_ERR(set);
	if (set->kind == kind)
		ret = make_key(set);
	else
		ret = refuse_set(-EINVAL, set, kind == RIVET_MANIFEST_REVOKE ?
				 "it is no revocation: write it to the file riv" :
				 "it is a revocation: write it to the file revoke");
	rivet_riv_set_put(set);
	return ret;
}

/**
 * rivet_riv_key_load() - load a signed RIV set of any size
 * @data: the signed object
 * @len: its bytes
 *
 * Makes the same key as add_key(2) does, which takes less than 1 MiB. The
 * outcome has been reported when this returns.
 *
 * Context: may sleep; killable while it reads the entries.
 * Return: 0; -EPERM without CAP_MAC_ADMIN; -EINVAL if it is a revocation; -ENOKEY,
 * -EKEYREJECTED, -EBADMSG, -EFBIG, -ESTALE, -ENOSPC, -ENOMEM, -EINTR.
 */
int rivet_riv_key_load(const void *data, size_t len)
{
	return load_manifest(data, len, RIVET_MANIFEST_SET);
}

/**
 * rivet_riv_key_load_revoke() - load a signed revocation of any size
 * @data: the signed object
 * @len: its bytes
 *
 * Context: as rivet_riv_key_load().
 * Return: as rivet_riv_key_load(), but -EINVAL if it is a RIV set; -EPERM also if
 * it names the certificate that signed it.
 */
int rivet_riv_key_load_revoke(const void *data, size_t len)
{
	return load_manifest(data, len, RIVET_MANIFEST_REVOKE);
}
