// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIV sets: building one set of reference values from a manifest, and searching it
 */
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "riv/set.h"

#define SIZE_BITS_EACH	8	/* bits of the bitmap of sizes for each value */

static_assert(sizeof(struct rivet_riv) == 48);

/**
 * struct layout - where the parts of a set lie in its one allocation
 * @count: values
 * @bucket_count: buckets
 * @size_bits: bits of the bitmap of sizes
 * @text_len: bytes that the paths need at most
 * @sizes_at: offset of the bitmap of sizes; the values lie before it
 * @buckets_at: offset of the buckets
 * @text_at: offset of the paths
 * @bytes: size of the allocation
 */
struct layout {
	u32 count;
	u32 bucket_count;
	u32 size_bits;
	size_t text_len;
	size_t sizes_at;
	size_t buckets_at;
	size_t text_at;
	size_t bytes;
};

static bool has_path(struct rivet_slice path)
{
	return path.len && !rivet_manifest_any_path(path);
}

static int refuse_size(const struct rivet_manifest *m, struct rivet_parse_error *err)
{
	err->line = m->line - 1;
	err->column = 0;
	err->expected = "a size below 281474976710656 bytes";
	return -EBADMSG;
}

/* Add up the room that the entries need. They are checked only when they are read. */
static int survey_entries(struct rivet_manifest m, struct layout *layout)
{
	struct rivet_slice path, last = {};
	size_t pause = 0;
	int ret;

	layout->count = m.count;
	layout->text_len = 1;
	while (rivet_manifest_skim(&m, &path)) {
		if (has_path(path) && !rivet_slice_same(path, last)) {
			layout->text_len += path.len + 1;
			last = path;
		}
		ret = rivet_riv_set_pause(m.pos, &pause);
		if (ret)
			return ret;
	}
	return 0;
}

static void place_parts(struct layout *layout)
{
	u32 count = max(layout->count, 1U);

	layout->bucket_count = roundup_pow_of_two(count);
	layout->size_bits = max_t(u32, roundup_pow_of_two(count) * SIZE_BITS_EACH, 64);
	layout->sizes_at = sizeof(struct rivet_set) +
			   array_size(layout->count, sizeof(struct rivet_riv));
	layout->buckets_at = layout->sizes_at + layout->size_bits / 8;
	layout->text_at = layout->buckets_at + array_size(layout->bucket_count, sizeof(u32));
	layout->bytes = layout->text_at + layout->text_len;
}

/*
 * GFP_KERNEL and not GFP_KERNEL_ACCOUNT: the sets belong to the machine and outlive
 * the control group of the task that loaded them; its limit must not make a
 * signed update fail. Only signed manifests take this memory, which bounds it.
 */
static struct rivet_set *alloc_set(const struct layout *layout)
{
	struct rivet_set *set = kvzalloc(layout->bytes, GFP_KERNEL | __GFP_NOWARN);
	char *base = (char *)set;

	if (!set)
		return NULL;
	refcount_set(&set->refs, 1);
	set->count = layout->count;
	set->bucket_mask = layout->bucket_count - 1;
	set->size_mask = layout->size_bits - 1;
	set->rivs = (struct rivet_riv *)(set + 1);
	set->sizes = (unsigned long *)(base + layout->sizes_at);
	set->buckets = (u32 *)(base + layout->buckets_at);
	set->text = base + layout->text_at;
	set->bytes = layout->bytes;
	return set;
}

static void copy_name(char to[RIVET_NAME_MAX + 1], struct rivet_slice name)
{
	memcpy(to, name.ptr, min_t(size_t, name.len, RIVET_NAME_MAX));
}

static void fill_headers(struct rivet_set *set, const struct rivet_manifest *m)
{
	set->kind = m->kind;
	copy_name(set->name, m->name);
	set->version = m->version;
	copy_name(set->replaces, m->replaces);
	set->issued = m->issued;
	set->valid_until = m->valid_until;
}

static u32 size_bit(const struct rivet_set *set, u64 size)
{
	return hash_64(size, ilog2(set->size_mask + 1));
}

/* Digests are uniformly distributed, and only signers choose them */
static u32 bucket_of(const struct rivet_set *set, const u8 *bytes)
{
	u32 word;

	memcpy(&word, bytes, sizeof(word));
	return word & set->bucket_mask;
}

static void fill_value(struct rivet_set *set, u32 i, const struct rivet_manifest_entry *entry,
		       u32 path)
{
	struct rivet_riv *riv = &set->rivs[i];
	u32 *bucket = &set->buckets[bucket_of(set, entry->digest.bytes)];

	memcpy(riv->bytes, entry->digest.bytes, sizeof(riv->bytes));
	riv->alg = entry->digest.alg;
	riv->size = entry->size;
	riv->uses = entry->uses;
	riv->path = path;
	riv->next = *bucket;
	*bucket = i + 1;
	__set_bit(size_bit(set, entry->size), set->sizes);
	set->has_files |= entry->digest.alg != RIVET_DIGEST_CERT_SHA256;
}

static int fill_values(struct rivet_set *set, struct rivet_manifest *m, size_t text_len,
		       struct rivet_parse_error *err)
{
	struct rivet_manifest_entry entry;
	struct rivet_slice last = {};
	size_t used = 1, path = 0, pause = 0;
	ssize_t len;
	u32 i;
	int ret;

	for (i = 0; (ret = rivet_manifest_next(m, &entry, err)) > 0; i++) {
		if (entry.size >> 48)
			return refuse_size(m, err);
		if (has_path(entry.path) && !rivet_slice_same(entry.path, last)) {
			last = entry.path;
			path = used;
			len = rivet_path_unescape(last, set->text + path, text_len - path);
			if (len < 0)
				return len;
			used += len + 1;
		}
		fill_value(set, i, &entry, has_path(entry.path) ? path : 0);
		ret = rivet_riv_set_pause(m->pos, &pause);
		if (ret)
			return ret;
	}
	return ret;
}

static struct rivet_set *fill_set(struct rivet_manifest *m, const struct layout *layout,
				  struct rivet_parse_error *err)
{
	struct rivet_set *set = alloc_set(layout);
	int ret;

	if (!set)
		return ERR_PTR(-ENOMEM);
	fill_headers(set, m);
	ret = fill_values(set, m, layout->text_len, err);
	if (!ret)
		return set;
	rivet_riv_set_put(set);
	return ERR_PTR(ret);
}

/**
 * rivet_riv_set_build() - build a set from a manifest
 * @text: the manifest; its signature has been verified
 * @len: its bytes
 * @text_digest: SHA-256 of it
 * @err: position and reason of a refusal, if -EBADMSG
 *
 * First only looks where the paths are, so that exactly as much memory is allocated as a
 * valid text needs: at most 59 bytes for each value, and its path. Then reads all of it.
 *
 * Context: may sleep; reschedules, killable.
 * Return: the set with one reference, or ERR_PTR: -EBADMSG, -EFBIG, -ENOMEM,
 * -EINTR if the task is being killed.
 */
struct rivet_set *rivet_riv_set_build(const char *text, size_t len,
				      const struct rivet_digest *text_digest,
				      struct rivet_parse_error *err)
{
	struct rivet_manifest m;
	struct rivet_set *set;
	struct layout layout;
	int ret;

	ret = rivet_manifest_open(&m, text, len, err);
	if (!ret)
		ret = survey_entries(m, &layout);
	if (ret)
		return ERR_PTR(ret);
	place_parts(&layout);
	set = fill_set(&m, &layout, err);
	if (!IS_ERR(set))
		set->text_digest = *text_digest;
	return set;
}

/**
 * rivet_riv_set_put() - drop a reference to a set
 * @set: the set; may be NULL
 *
 * Context: any.
 */
void rivet_riv_set_put(struct rivet_set *set)
{
	if (set && refcount_dec_and_test(&set->refs))
		kvfree_rcu(set, rcu);
}

/* The first value with this digest on a bucket's chain, from @link on */
static const struct rivet_riv *scan_chain(const struct rivet_set *set, u32 link,
					  const struct rivet_digest *digest)
{
	const struct rivet_riv *riv;

	for (; link; link = riv->next) {
		riv = &set->rivs[link - 1];
		if (riv->alg == digest->alg &&
		    !memcmp(riv->bytes, digest->bytes, sizeof(riv->bytes)))
			return riv;
	}
	return NULL;
}

/**
 * rivet_riv_set_find() - find the first value of a set with a digest
 * @set: the set
 * @digest: the digest
 *
 * Context: any.
 * Return: the value, or NULL.
 */
const struct rivet_riv *rivet_riv_set_find(const struct rivet_set *set,
					   const struct rivet_digest *digest)
{
	return scan_chain(set, set->buckets[bucket_of(set, digest->bytes)], digest);
}

/**
 * rivet_riv_set_find_next() - find the next value of a set with the same digest
 * @set: the set
 * @riv: value returned by rivet_riv_set_find() or this function
 * @digest: the digest that was looked for
 *
 * Context: any.
 * Return: the value, or NULL.
 */
const struct rivet_riv *rivet_riv_set_find_next(const struct rivet_set *set,
						const struct rivet_riv *riv,
						const struct rivet_digest *digest)
{
	return scan_chain(set, riv->next, digest);
}

/* Values for any path come first, because the manifest is sorted by path */
static int compare_path(const struct rivet_set *set, u32 i, const char *path)
{
	const char *own = rivet_riv_set_path(set, &set->rivs[i]);

	return own ? strcmp(own, path) : -1;
}

/**
 * rivet_riv_set_find_path() - find the first value of a set with a path
 * @set: the set
 * @path: absolute path; values for any path do not match
 *
 * Context: any.
 * Return: the value, or NULL.
 */
const struct rivet_riv *rivet_riv_set_find_path(const struct rivet_set *set, const char *path)
{
	u32 low = 0, high = set->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (compare_path(set, middle, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < set->count && !compare_path(set, low, path))
		return &set->rivs[low];
	return NULL;
}

/**
 * rivet_riv_set_knows_size() - check whether a set can have a value of this size
 * @set: the set
 * @size: size in bytes
 *
 * Context: any.
 * Return: false if no value has this size. True does not mean that one has:
 * different sizes may share a bit.
 */
bool rivet_riv_set_knows_size(const struct rivet_set *set, u64 size)
{
	return test_bit(size_bit(set, size), set->sizes);
}

/**
 * rivet_riv_set_format_time() - write a time as manifests do
 * @seconds: seconds since 1970
 * @buf: output, terminated
 * @size: bytes of @buf; RIVET_RIV_SET_TIME_MAX hold every time that a manifest can name
 *
 * Context: any.
 */
void rivet_riv_set_format_time(s64 seconds, char *buf, size_t size)
{
	struct tm tm;

	time64_to_tm(seconds, 0, &tm);
	snprintf(buf, size, "%04ld-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
