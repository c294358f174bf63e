/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - RIV sets: building one set of reference values from a manifest, and searching it
 *
 * A set is immutable once built.
 */
#ifndef _RIVET_RIV_SET_H
#define _RIVET_RIV_SET_H

#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include "object/manifest.h"
#include "text/digest.h"

#define RIVET_RIV_SET_TIME_MAX	sizeof("1970-01-01T00:00:00Z")	/* bytes of a time as text */

/**
 * struct rivet_riv - one reference value: 48 bytes, beside its path text
 * @bytes: the digest
 * @size: size of the file in bytes
 * @uses: bits of enum rivet_use
 * @alg: enum rivet_digest_alg
 * @path: offset of the path, unescaped and terminated, in the set's text; 0 for any path
 * @next: next value of the same hash bucket, index + 1; 0 ends the chain
 */
struct rivet_riv {
	u8 bytes[RIVET_DIGEST_SIZE];
	u64 size : 48;
	u64 uses : 8;
	u64 alg : 8;
	u32 path;
	u32 next;
};

/**
 * struct rivet_set - a RIV set or a revocation
 *
 * Shared by reference count: its riv key holds one reference, and the index holds another
 * while the set is active. So the active sets do not change when a key is destroyed late, or
 * when root pushes a key out of its keyring. The set and all its parts are one allocation,
 * freed a grace period after the last reference was dropped, so that readers under RCU may
 * still use a set that was just replaced.
 *
 * @rcu: frees it
 * @refs: references
 * @admitted: the restriction of .rivet let it in; set before it is published
 * @kind: whether its values vouch or revoke
 * @name: terminated
 * @version: version of the manifest
 * @replaces: name of the set that this one replaces, or empty
 * @issued: seconds since 1970 when it was issued; 0 if it does not say
 * @valid_until: seconds since 1970 after which it is expired; 0 never
 * @text_digest: SHA-256 of the manifest's text, to recognise the same bytes
 * @signer: digest of the certificate that it was verified with; set before it is published
 * @has_files: some value is the digest of a file, and not of a certificate
 * @count: number of values
 * @bucket_mask: number of buckets - 1
 * @size_mask: bits of @sizes - 1
 * @rivs: the values, in the order of the manifest: by path, then digest
 * @buckets: index + 1 of the first value of each bucket, 0 if it is empty
 * @sizes: bit (hash of size) is set if some value has that size
 * @text: the paths
 * @bytes: kernel memory it occupies in all
 */
struct rivet_set {
	struct rcu_head rcu;
	refcount_t refs;
	bool admitted;
	enum rivet_manifest_kind kind;
	char name[RIVET_NAME_MAX + 1];
	u64 version;
	char replaces[RIVET_NAME_MAX + 1];
	s64 issued;
	s64 valid_until;
	struct rivet_digest text_digest;
	struct rivet_digest signer;
	bool has_files;
	u32 count;
	u32 bucket_mask;
	u32 size_mask;
	struct rivet_riv *rivs;
	u32 *buckets;
	unsigned long *sizes;
	char *text;
	size_t bytes;
};

/**
 * rivet_riv_set_path() - get the path of a value
 * @set: its set
 * @riv: the value
 *
 * Context: rcu_read_lock() held by the caller, as for @set.
 * Return: the terminated path, or NULL if the value is for any path.
 */
static inline const char *rivet_riv_set_path(const struct rivet_set *set,
					     const struct rivet_riv *riv)
{
	return riv->path ? set->text + riv->path : NULL;
}

/**
 * rivet_riv_set_pause() - reschedule after each piece of a long text
 * @at: bytes of the text that have been processed
 * @next: offset of the next pause; 0 at first, and advanced by this function
 *
 * Context: may sleep.
 * Return: 0, or -EINTR if the task is being killed.
 */
static inline int rivet_riv_set_pause(size_t at, size_t *next)
{
	if (at < *next)
		return 0;
	*next = at + 32 * 1024;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

struct rivet_set *rivet_riv_set_build(const char *text, size_t len,
				      const struct rivet_digest *text_digest,
				      struct rivet_parse_error *err);
void rivet_riv_set_put(struct rivet_set *set);

const struct rivet_riv *rivet_riv_set_find(const struct rivet_set *set,
					   const struct rivet_digest *digest);
const struct rivet_riv *rivet_riv_set_find_next(const struct rivet_set *set,
						const struct rivet_riv *riv,
						const struct rivet_digest *digest);
const struct rivet_riv *rivet_riv_set_find_path(const struct rivet_set *set, const char *path);
bool rivet_riv_set_knows_size(const struct rivet_set *set, u64 size);
void rivet_riv_set_format_time(s64 seconds, char *buf, size_t size);

#endif /* _RIVET_RIV_SET_H */
