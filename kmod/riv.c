// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIVs: sets of reference values in memory, and their index
 */
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "floor.h"
#include "riv.h"

#define SIZE_BITS_EACH	8	/* bits of the bitmap of sizes for each value */
#define RESCHED_EVERY	256	/* entries */

static_assert(sizeof(struct rivet_riv) == 48);

/**
 * struct rivet_riv_index - the active sets and revocations
 *
 * Replaced as a whole. Holds one reference on each set.
 *
 * @rcu: frees it
 * @count: number of @sets
 * @sets: in the order in which they were first published
 */
struct rivet_riv_index {
	struct rcu_head rcu;
	unsigned int count;
	struct rivet_set *sets[] __counted_by(count);
};

/*
 * Serialises those who change the index. Taken with a keyring's semaphore and
 * the kernel's key_construction_mutex held, and itself before the floors' lock.
 */
static DEFINE_MUTEX(riv_lock);

static struct rivet_riv_index __rcu *riv_index;	/* changed under riv_lock, read under RCU */

u64 rivet_riv_generation_value = 1;	/* changed under riv_lock */

/**
 * struct layout - where the parts of a set lie in its one allocation
 * @count: values
 * @bucket_count: buckets
 * @size_bits: bits of the bitmap of sizes
 * @text_len: bytes that the paths need at most
 * @sizes_at: offset of the bitmap of sizes; the values lie before it
 * @buckets_at: offset of the buckets
 * @text_at: offset of the paths
 * @bytes: of all
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

static int pause_at(u32 entry)
{
	if (entry % RESCHED_EVERY)
		return 0;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

static bool has_path(const struct rivet_manifest_entry *entry)
{
	return entry->path.len && !rivet_manifest_any_path(entry->path);
}

static bool same_path(struct rivet_slice a, struct rivet_slice b)
{
	return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

static int refuse_size(const struct rivet_manifest *m, struct rivet_parse_error *err)
{
	err->line = m->line - 1;
	err->column = 0;
	err->expected = "a size below 281474976710656 bytes";
	return -EBADMSG;
}

/* Read all entries once, to see that they are good and how much room they need */
static int survey_entries(struct rivet_manifest *m, struct layout *layout,
			  struct rivet_parse_error *err)
{
	struct rivet_manifest_entry entry;
	struct rivet_slice last = {};
	int ret;

	layout->count = m->count;
	layout->text_len = 1;
	while ((ret = rivet_manifest_next(m, &entry, err)) > 0) {
		if (entry.size >> 48)
			return refuse_size(m, err);
		if (has_path(&entry) && !same_path(entry.path, last)) {
			layout->text_len += entry.path.len + 1;
			last = entry.path;
		}
		ret = pause_at(m->seen);
		if (ret)
			return ret;
	}
	return ret;
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
 * GFP_KERNEL and not GFP_KERNEL_ACCOUNT: the sets belong to the machine and stay
 * when the control group of whoever loaded them is long gone; its limit must
 * not make a signed update fail. What signers sign bounds the memory.
 */
static struct rivet_set *alloc_set(const struct layout *layout)
{
	struct rivet_set *set = kvzalloc(layout->bytes, GFP_KERNEL);
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

static void fill_headers(struct rivet_set *set, const struct rivet_manifest *m, const char *text,
			 size_t len)
{
	set->kind = m->kind;
	copy_name(set->name, m->name);
	set->version = m->version;
	copy_name(set->replaces, m->replaces);
	set->valid_until = m->valid_until;
	set->text_digest.alg = RIVET_DIGEST_SHA256;
	sha256((const u8 *)text, len, set->text_digest.bytes);
}

static u32 size_bit(const struct rivet_set *set, u64 size)
{
	return hash_64(size, ilog2(set->size_mask + 1));
}

/* Digests are uniform by themselves, and only signers choose them */
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
}

static int fill_values(struct rivet_set *set, struct rivet_manifest *m, size_t text_len)
{
	struct rivet_manifest_entry entry;
	struct rivet_slice last = {};
	size_t used = 1, path = 0;
	ssize_t len;
	u32 i;
	int ret;

	for (i = 0; (ret = rivet_manifest_next(m, &entry, NULL)) > 0; i++) {
		if (has_path(&entry) && !same_path(entry.path, last)) {
			last = entry.path;
			path = used;
			len = rivet_path_unescape(last, set->text + path, text_len - path);
			if (len < 0)
				return len;
			used += len + 1;
		}
		fill_value(set, i, &entry, has_path(&entry) ? path : 0);
		ret = pause_at(i);
		if (ret)
			return ret;
	}
	return ret;
}

static int survey(const char *text, size_t len, struct layout *layout,
		  struct rivet_parse_error *err)
{
	struct rivet_manifest m;
	int ret = rivet_manifest_open(&m, text, len, err);

	if (!ret)
		ret = survey_entries(&m, layout, err);
	if (!ret)
		place_parts(layout);
	return ret;
}

static int fill(struct rivet_set *set, const char *text, size_t len, size_t text_len)
{
	struct rivet_manifest m;
	int ret = rivet_manifest_open(&m, text, len, NULL);

	if (ret)
		return ret;
	fill_headers(set, &m, text, len);
	return fill_values(set, &m, text_len);
}

/**
 * rivet_riv_build() - make a set of a manifest
 * @text: the manifest; its signature has been verified
 * @len: its bytes
 * @err: where and why it was refused, if -EBADMSG
 *
 * The text is read twice: nothing is allocated before all of it has been found
 * to be good, and then exactly what is needed. At most 59 bytes for each value,
 * and its path.
 *
 * Context: may sleep; killable.
 * Return: the set with one reference, or ERR_PTR: -EBADMSG, -EFBIG, -ENOMEM,
 * -EINTR if the task is being killed.
 */
struct rivet_set *rivet_riv_build(const char *text, size_t len, struct rivet_parse_error *err)
{
	struct rivet_set *set;
	struct layout layout;
	int ret;

	ret = survey(text, len, &layout, err);
	if (ret)
		return ERR_PTR(ret);
	set = alloc_set(&layout);
	if (!set)
		return ERR_PTR(-ENOMEM);
	ret = fill(set, text, len, layout.text_len);
	if (ret) {
		rivet_riv_free(set);
		return ERR_PTR(ret);
	}
	return set;
}

/**
 * rivet_riv_free() - give a reference to a set back
 * @set: the set; may be NULL
 *
 * Context: any.
 */
void rivet_riv_free(struct rivet_set *set)
{
	if (set && refcount_dec_and_test(&set->refs))
		kvfree_rcu(set, rcu);
}

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

/* Does @set take the place of @other? */
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
		kept += !displaces(set, index->sets[i]);
	return kept;
}

static int check_locked(const struct rivet_set *set)
{
	int ret;

	lockdep_assert_held(&riv_lock);
	if (set->replaces[0] && set->kind == RIVET_MANIFEST_REVOKE)
		return -EINVAL;
	ret = rivet_floor_check(floor_kind(set), slice_of(set->name), set->version,
				&set->text_digest);
	if (!ret && set->count && count_kept(index_locked(), set) >= RIVET_SETS_MAX)
		ret = -ENOSPC;
	return ret;
}

/**
 * rivet_riv_check() - would rivet_riv_publish() take this set?
 * @set: a set that was built
 *
 * Context: may sleep.
 * Return: 0; 1 if the very same text is active already, so that nothing would
 * change; -ESTALE if a newer version was active, or another text of this version, or
 * another set has replaced it; -EINVAL for a revocation that replaces; -ENOSPC
 * if RIVET_SETS_MAX are active.
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

/* The index as it will be; it holds no reference on @set yet */
static struct rivet_riv_index *make_index(const struct rivet_riv_index *old, struct rivet_set *set)
{
	unsigned int kept = count_kept(old, set), i;
	struct rivet_riv_index *index;

	index = kzalloc(struct_size(index, sets, kept + 1), GFP_KERNEL);
	if (!index)
		return NULL;
	index->count = kept + !!set->count;
	for (i = kept = 0; old && i < old->count; i++)
		if (!displaces(set, old->sets[i]))
			index->sets[kept++] = old->sets[i];
	if (set->count)
		index->sets[kept] = set;
	return index;
}

/*
 * The new sets must be seen by whoever sees the new generation: a result that
 * was kept under the new number but made from the old sets would never be
 * looked up again. The other way round costs one lookup too many.
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
		if (displaces(set, old->sets[i]))
			rivet_riv_free(old->sets[i]);
	kfree_rcu(old, rcu);
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
	drop_displaced(old, set);
	return 0;
}

/**
 * rivet_riv_publish() - make a set active, in the place of those it displaces
 * @set: a set that was built; the caller keeps its reference
 *
 * It displaces the active set of its kind and name, and the one it replaces,
 * whose name is retired. A set without values only displaces: the name is
 * withdrawn. All of it happens at once for readers.
 *
 * Context: may sleep.
 * Return: 0; 1 if it is active already and nothing was changed; an error as
 * from rivet_riv_check(), or -ENOSPC or -ENOMEM for its floor: nothing was changed.
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
 * rivet_riv_withdraw_all() - let no set be active any more
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
		rivet_riv_free(old->sets[i]);
	kfree_rcu(old, rcu);
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

static const struct rivet_riv *find_in_set(const struct rivet_set *set,
					   const struct rivet_digest *digest)
{
	return scan_chain(set, set->buckets[bucket_of(set, digest->bytes)], digest);
}

static bool find_from(struct rivet_riv_cursor *c, unsigned int position)
{
	const struct rivet_set *set;

	for (; c->index && position < c->index->count; position++) {
		set = c->index->sets[position];
		if (set->kind != RIVET_MANIFEST_SET)
			continue;
		c->riv = find_in_set(set, &c->digest);
		if (c->riv) {
			c->set = set;
			c->position = position;
			return true;
		}
	}
	return false;
}

/**
 * rivet_riv_first() - the first value with a digest
 * @c: cursor, set to the value
 * @digest: the digest
 *
 * Looks into all active sets, expired ones too: the caller asks
 * rivet_riv_set_expired().
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
 * rivet_riv_next() - the next value with the same digest
 * @c: cursor on which rivet_riv_first() or this has returned true
 *
 * Context: the same rcu_read_lock() as rivet_riv_first().
 * Return: true if there is one.
 */
bool rivet_riv_next(struct rivet_riv_cursor *c)
{
	const struct rivet_riv *riv = scan_chain(c->set, c->riv->next, &c->digest);

	if (!riv)
		return find_from(c, c->position + 1);
	c->riv = riv;
	return true;
}

/* Values for any path come first, as the manifest is sorted by path */
static int compare_path(const struct rivet_set *set, u32 i, const char *path)
{
	const char *own = rivet_riv_path(set, &set->rivs[i]);

	return own ? strcmp(own, path) : -1;
}

static const struct rivet_riv *search_path(const struct rivet_set *set, const char *path)
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
 * rivet_riv_find_path() - the value that a path should have
 * @c: cursor, set to the first value with exactly this path in the first set
 *	that is active, not expired, and has one; not for rivet_riv_next()
 * @path: absolute path
 *
 * Context: rcu_read_lock() held by the caller as long as it uses the cursor.
 * Return: true if there is one.
 */
bool rivet_riv_find_path(struct rivet_riv_cursor *c, const char *path)
{
	const struct rivet_set *set;
	unsigned int i;

	c->index = rcu_dereference(riv_index);
	for (i = 0; c->index && i < c->index->count; i++) {
		set = c->index->sets[i];
		if (set->kind != RIVET_MANIFEST_SET || rivet_riv_set_expired(set))
			continue;
		c->riv = search_path(set, path);
		if (c->riv) {
			c->set = set;
			c->position = i;
			return true;
		}
	}
	return false;
}

/**
 * rivet_riv_is_revoked() - whether a revocation names a digest
 * @digest: the digest; one made another way is another digest
 *
 * Context: any.
 * Return: true if no set may vouch for it.
 */
bool rivet_riv_is_revoked(const struct rivet_digest *digest)
{
	const struct rivet_riv_index *index;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	index = rcu_dereference(riv_index);
	for (i = 0; index && i < index->count && !found; i++)
		found = index->sets[i]->kind == RIVET_MANIFEST_REVOKE &&
			find_in_set(index->sets[i], digest);
	rcu_read_unlock();
	return found;
}

/**
 * rivet_riv_knows_size() - can a file of this size match at all?
 * @size: size in bytes
 *
 * Context: any.
 * Return: false if no active set has a value of this size. True does not say
 * that one has: different sizes may share a bit.
 */
bool rivet_riv_knows_size(u64 size)
{
	const struct rivet_riv_index *index;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	index = rcu_dereference(riv_index);
	for (i = 0; index && i < index->count && !found; i++)
		found = index->sets[i]->kind == RIVET_MANIFEST_SET &&
			test_bit(size_bit(index->sets[i], size), index->sets[i]->sizes);
	rcu_read_unlock();
	return found;
}

/**
 * rivet_riv_set_expired() - whether a set's time is over
 * @set: the set
 *
 * Goes by the system clock, as it is now.
 *
 * Context: any.
 * Return: true from the second after its valid-until on.
 */
bool rivet_riv_set_expired(const struct rivet_set *set)
{
	return set->valid_until && ktime_get_real_seconds() > set->valid_until;
}

static void add_to_totals(struct rivet_riv_totals *totals, const struct rivet_set *set)
{
	totals->bytes += set->bytes;
	if (set->kind == RIVET_MANIFEST_REVOKE) {
		totals->revoked += set->count;
		return;
	}
	totals->sets++;
	totals->values += set->count;
	totals->expired += rivet_riv_set_expired(set);
}

/**
 * rivet_riv_count() - how much is active
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
		add_to_totals(out, index->sets[i]);
	rcu_read_unlock();
}

/**
 * rivet_riv_format_time() - write a time as manifests do
 * @seconds: seconds since 1970
 * @buf: where to, terminated
 * @size: bytes there; RIVET_RIV_TIME_MAX hold every time that a manifest can name
 *
 * Context: any.
 */
void rivet_riv_format_time(s64 seconds, char *buf, size_t size)
{
	struct tm tm;

	time64_to_tm(seconds, 0, &tm);
	snprintf(buf, size, "%04ld-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void show_set(struct seq_file *m, const struct rivet_set *set)
{
	char until[RIVET_RIV_TIME_MAX];

	seq_printf(m, "%s %s version %llu values %u bytes %zu",
		   set->kind == RIVET_MANIFEST_REVOKE ? "revoke" : "set", set->name,
		   set->version, set->count, set->bytes);
	if (set->valid_until) {
		rivet_riv_format_time(set->valid_until, until, sizeof(until));
		seq_printf(m, " expires %s", until);
	}
	seq_puts(m, rivet_riv_set_expired(set) ? " expired\n" : "\n");
}

/**
 * rivet_riv_show() - list what is active
 * @m: where to
 *
 * One line each: "set" or "revoke", its name, "version" and its version,
 * "values" and their number, "bytes" and the kernel memory it takes; then, if it
 * has a valid-until, "expires" and that time; then "expired" if that is over.
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
		show_set(m, index->sets[i]);
	mutex_unlock(&riv_lock);
	return 0;
}
