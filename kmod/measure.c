// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure: what the bytes of a file are, remembered per live inode
 *
 * A measurement does not depend on policy or RIVs; it dies only when the
 * content may have changed. Nothing is locked while a file is read: one task
 * reads, the others that want the same file wait for it, killable.
 */
#include <crypto/hash.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/iversion.h>
#include <linux/kmod.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "measure.h"

#define CHUNK_SIZE	(16 * 1024)	/* bytes at a time; larger buffers cost more to allocate */

u32 rivet_measure_flush_count;
const struct cred *rivet_measure_cred;	/* the kernel's own: reads for the system, not the caller */

static struct crypto_shash *hash_tfm;

/*
 * The table of records: as many buckets as memory can need, since a table that
 * grows costs each lookup three times as much as this one.
 */
#define MEMORY_PER_BUCKET	(32 * 1024)	/* bytes */
#define BUCKET_BITS_MIN		8
#define BUCKET_BITS_MAX		20

struct hlist_head *rivet_measure_buckets;
unsigned int rivet_measure_shift;

static u32 record_count;	/* in all buckets */
/* Protects the lists and record_count; a leaf lock. */
static DEFINE_SPINLOCK(table_lock);

static struct rivet_inode *insert_or_find(struct rivet_inode *new)
{
	struct rivet_inode *old;

	spin_lock(&table_lock);
	old = rivet_measure_find(new->inode);
	if (!old) {
		hlist_add_head_rcu(&new->node, rivet_measure_bucket(new->inode));
		record_count++;
	}
	spin_unlock(&table_lock);
	return old ?: new;
}

/* The caller holds @inode through an open file, so that the record stays. */
static struct rivet_inode *find_or_create(struct inode *inode)
{
	struct rivet_inode *ri, *kept;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	rcu_read_unlock();
	if (ri)
		return ri;

	ri = kzalloc(sizeof(*ri), GFP_KERNEL);
	if (!ri)
		return ERR_PTR(-ENOMEM);
	ri->inode = inode;
	spin_lock_init(&ri->lock);
	kept = insert_or_find(ri);
	if (kept != ri)
		kfree(ri);
	return kept;
}

static void drop_results(struct rivet_inode *ri)
{
	struct rivet_measurement *m;
	struct rivet_lookup *found;

	m = rcu_replace_pointer(ri->measurement, NULL, lockdep_is_held(&ri->lock));
	found = rcu_replace_pointer(ri->lookup, NULL, lockdep_is_held(&ri->lock));
	if (m)
		kfree_rcu(m, rcu);
	if (found)
		kfree_rcu(found, rcu);
}

/**
 * rivet_measure_invalidate() - the content may have changed
 * @ri: record of the inode
 *
 * A measurement that is being taken will not be published either.
 *
 * Context: any but hard interrupt; takes the record's lock.
 */
void rivet_measure_invalidate(struct rivet_inode *ri)
{
	spin_lock(&ri->lock);
	ri->changes++;
	ri->matched = false;
	ri->read = false;
	drop_results(ri);
	spin_unlock(&ri->lock);
}

/**
 * rivet_measure_forget() - the inode is being freed
 * @inode: the inode; nobody has it open or mapped any more
 *
 * Context: may be called with any filesystem lock held; does not sleep.
 */
void rivet_measure_forget(const struct inode *inode)
{
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&table_lock);
		hlist_del_rcu(&ri->node);
		record_count--;
		spin_unlock(&table_lock);
		spin_lock(&ri->lock);
		drop_results(ri);
		spin_unlock(&ri->lock);
		kfree_rcu(ri, rcu);
	}
	rcu_read_unlock();
}

/**
 * rivet_measure_flush() - drop every measurement taken so far
 *
 * Context: any; callers serialise.
 */
void rivet_measure_flush(void)
{
	WRITE_ONCE(rivet_measure_flush_count, rivet_measure_flush_count + 1);
}

/**
 * rivet_measure_count() - number of inodes rivet keeps something beside
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_measure_count(void)
{
	return READ_ONCE(record_count);
}

/*
 * An O_DIRECT descriptor cannot be read into kernel memory, and one that is only
 * being opened cannot be read at all: read through another.
 */
static struct file *open_for_reading(struct file *file)
{
	if ((file->f_mode & FMODE_READ) && (file->f_mode & FMODE_OPENED) &&
	    !(file->f_flags & O_DIRECT))
		return get_file(file);
	return dentry_open(&file->f_path, O_RDONLY | O_LARGEFILE, rivet_measure_cred);
}

static int hash_chunks(struct file *file, u64 size, struct shash_desc *desc, void *buf)
{
	loff_t pos = 0;
	ssize_t got;
	int err;

	while (pos < size) {
		if (fatal_signal_pending(current))
			return -EINTR;
		got = kernel_read(file, buf, min_t(u64, CHUNK_SIZE, size - pos), &pos);
		if (got <= 0)
			return got == -EINTR || got == -ERESTARTSYS ? -EINTR : -EIO;
		err = crypto_shash_update(desc, buf, got);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int hash_file(struct file *file, u64 size, u8 *digest)
{
	struct shash_desc *desc;
	void *buf;
	int err = -ENOMEM;

	desc = kmalloc(sizeof(*desc) + crypto_shash_descsize(hash_tfm), GFP_KERNEL);
	buf = kmalloc(min_t(u64, CHUNK_SIZE, max_t(u64, size, 1)), GFP_KERNEL);
	if (!desc || !buf)
		goto free;
	desc->tfm = hash_tfm;
	err = crypto_shash_init(desc);
	if (!err)
		err = hash_chunks(file, size, desc, buf);
	if (!err)
		err = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
free:
	kfree(buf);
	kfree(desc);
	return err;
}

/*
 * With the kernel's credentials: what the caller may read does not matter, and
 * a security module that confines it must not turn a listed file into an error.
 */
static int read_and_hash(struct file *file, u64 size, struct rivet_digest *out)
{
	const struct cred *old = override_creds(rivet_measure_cred);
	struct file *reader = open_for_reading(file);
	int err;

	if (IS_ERR(reader)) {
		revert_creds(old);
		return PTR_ERR(reader) == -ENOMEM ? -ENOMEM : -EIO;
	}
	err = hash_file(reader, size, out->bytes);
	if (!err)
		out->alg = RIVET_DIGEST_SHA256;
	fput(reader);
	revert_creds(old);
	return err;
}

#define BUFFER_CHUNK	(64 * 1024)	/* bytes of a buffer hashed at a time */

static int hash_buffer(const u8 *data, size_t len, struct shash_desc *desc, u8 *digest)
{
	int err = crypto_shash_init(desc);

	while (!err && len) {
		size_t part = min_t(size_t, len, BUFFER_CHUNK);

		if (fatal_signal_pending(current))
			return -EINTR;
		err = crypto_shash_update(desc, data, part);
		data += part;
		len -= part;
		cond_resched();
	}
	return err ?: crypto_shash_final(desc, digest);
}

/**
 * rivet_measure_buffer() - digest of bytes in memory
 * @data: the bytes, which nobody changes
 * @len: how many
 * @out: the digest
 *
 * Context: may sleep; a fatal signal ends it after at most one chunk.
 * Return: 0, -EINTR, -ENOMEM or an errno of the hash.
 */
int rivet_measure_buffer(const void *data, size_t len, struct rivet_digest *out)
{
	struct shash_desc *desc;
	int err;

	desc = kmalloc(sizeof(*desc) + crypto_shash_descsize(hash_tfm), GFP_KERNEL);
	if (!desc)
		return -ENOMEM;
	desc->tfm = hash_tfm;
	err = hash_buffer(data, len, desc, out->bytes);
	if (!err)
		out->alg = RIVET_DIGEST_SHA256;
	shash_desc_zero(desc);
	kfree(desc);
	return err;
}

/**
 * rivet_measure_verity() - fs-verity digest of a file
 * @inode: inode of an open file
 * @out: the digest; RIVET_DIGEST_NONE if it has none with SHA-256, or the kernel
 *	does not tell modules
 *
 * Constant time: the digest is in memory since the file was opened.
 *
 * Context: any.
 */
void rivet_measure_verity(struct inode *inode, struct rivet_digest *out)
{
	u8 raw[FS_VERITY_MAX_DIGEST_SIZE];
	u8 alg = 0;

	memset(out, 0, sizeof(*out));
	if (!IS_VERITY(inode))
		return;
	if (fsverity_get_digest(inode, raw, &alg, NULL) != RIVET_DIGEST_SIZE ||
	    alg != FS_VERITY_HASH_ALG_SHA256)
		return;
	out->alg = RIVET_DIGEST_VERITY_SHA256;
	memcpy(out->bytes, raw, RIVET_DIGEST_SIZE);
}

static int measure_content(struct file *file, struct inode *inode,
			   const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	memset(out, 0, sizeof(*out));
	out->flush = READ_ONCE(rivet_measure_flush_count);
	out->size = i_size_read(inode);
	rivet_measure_verity(inode, &out->verity);
	/* Asked for before the first byte is read, so that any later change moves it. */
	out->cookie = IS_I_VERSION(inode) ? (inode_query_iversion(inode),
					     inode_peek_iversion_raw(inode)) :
					    inode_peek_iversion_raw(inode);
	if (out->verity.alg && !how->want_sha256)
		return 0;
	if (out->size > RIVET_MEASURE_MAX)
		return -EFBIG;
	return read_and_hash(file, out->size, &out->sha256);
}

/*
 * Without @deny_writers nothing is held against writers (audit mode disturbs
 * nobody); one that is there, or comes and goes, makes the result unusable.
 */
static int measure_guarded(struct file *file, struct inode *inode,
			   const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	int err;

	if (how->deny_writers) {
		if (!atomic_dec_unless_positive(&inode->i_writecount))
			return -ETXTBSY;
		err = measure_content(file, inode, how, out);
		atomic_inc(&inode->i_writecount);
		return err;
	}
	if (atomic_read(&inode->i_writecount) > 0)
		return -ETXTBSY;
	err = measure_content(file, inode, how, out);
	if (!err && atomic_read(&inode->i_writecount) > 0)
		err = -ETXTBSY;
	return err;
}

/* Become the one who measures, and learn how often the file had changed by then. */
static int start_measuring(struct rivet_inode *ri, u32 *changes)
{
	for (;;) {
		bool mine;

		spin_lock(&ri->lock);
		mine = !ri->measuring;
		if (mine)
			ri->measuring = true;
		*changes = ri->changes;
		spin_unlock(&ri->lock);
		if (mine)
			return 0;
		if (wait_var_event_killable(&ri->measuring, !READ_ONCE(ri->measuring)))
			return -EINTR;
	}
}

static void stop_measuring(struct rivet_inode *ri)
{
	spin_lock(&ri->lock);
	ri->measuring = false;
	spin_unlock(&ri->lock);
	wake_up_var(&ri->measuring);
}

static int publish_measurement(struct rivet_inode *ri, u32 changes, struct rivet_measurement *m)
{
	struct rivet_measurement *old = NULL;
	int err = 0;

	spin_lock(&ri->lock);
	if (ri->changes == changes)
		old = rcu_replace_pointer(ri->measurement, m, lockdep_is_held(&ri->lock));
	else
		err = -ETXTBSY;
	spin_unlock(&ri->lock);
	if (old)
		kfree_rcu(old, rcu);
	return err;
}

static bool is_enough(const struct rivet_measurement *m, const struct rivet_measure_how *how)
{
	return m->sha256.alg || (m->verity.alg && !how->want_sha256);
}

static int measure_and_publish(struct file *file, struct inode *inode, struct rivet_inode *ri,
			       const struct rivet_measure_how *how, u32 changes,
			       struct rivet_measurement *out)
{
	struct rivet_measurement *m;
	int err;

	m = kmalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	err = measure_guarded(file, inode, how, m);
	if (err) {
		kfree(m);
		return err;
	}
	*out = *m;
	err = publish_measurement(ri, changes, m);
	if (err)
		kfree(m);
	return err;
}

/**
 * rivet_measure_file() - measure a file, or answer from memory
 * @file: the file, which the caller keeps open
 * @inode: its rivet_measure_inode()
 * @how: how
 * @out: the measurement
 *
 * Context: may sleep and read the file; no lock may be held. A fatal signal
 * ends it after at most one chunk.
 * Return: 0; -ETXTBSY if it is open for writing or was changed meanwhile; -EIO
 * if it cannot be read or got shorter; -EFBIG over RIVET_MEASURE_MAX; -EINTR;
 * -ENOMEM.
 */
int rivet_measure_file(struct file *file, struct inode *inode,
		       const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	struct rivet_inode *ri;
	u32 changes;
	int err;

	if (!how->keep)
		return measure_guarded(file, inode, how, out);
	ri = find_or_create(inode);
	if (IS_ERR(ri))
		return PTR_ERR(ri);
	err = start_measuring(ri, &changes);
	if (err)
		return err;
	if (!rivet_measure_peek(inode, out) || !is_enough(out, how))
		err = measure_and_publish(file, inode, ri, how, changes, out);
	stop_measuring(ri);
	return err;
}

/**
 * rivet_measure_peek() - the current measurement, without reading the file
 * @inode: inode of an open or mapped file
 * @out: the measurement
 *
 * Context: any.
 * Return: true if there is one that may be relied on.
 */
bool rivet_measure_peek(struct inode *inode, struct rivet_measurement *out)
{
	const struct rivet_measurement *m = NULL;
	struct rivet_inode *ri;
	bool current_one;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		m = rcu_dereference(ri->measurement);
	current_one = m && rivet_measure_is_current(m, inode);
	if (current_one)
		*out = *m;
	rcu_read_unlock();
	return current_one;
}

static bool same_measurement(const struct rivet_measurement *a, const struct rivet_measurement *b)
{
	return a->flush == b->flush && a->size == b->size && a->cookie == b->cookie &&
	       rivet_digest_equal(&a->sha256, &b->sha256) &&
	       rivet_digest_equal(&a->verity, &b->verity);
}

/**
 * rivet_measure_remember() - keep what the RIVs said, for the next time
 * @inode: inode of an open or mapped file
 * @m: what was looked up
 * @found: the answer; copied. It is not kept if @m is no longer the current measurement
 * @to_read: the file is being opened to be read
 *
 * Context: may allocate without sleeping; takes the record's lock.
 */
void rivet_measure_remember(struct inode *inode, const struct rivet_measurement *m,
			    const struct rivet_lookup *found, bool to_read)
{
	struct rivet_lookup *copy = kmemdup(found, sizeof(*found), GFP_ATOMIC | __GFP_NOWARN);
	struct rivet_measurement *now;
	struct rivet_inode *ri;

	if (!copy)
		return;
	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		now = rcu_dereference_protected(ri->measurement, lockdep_is_held(&ri->lock));
		if (now && same_measurement(now, m)) {
			copy->measurement = now;
			ri->matched = true;
			ri->read |= to_read;
			copy = rcu_replace_pointer(ri->lookup, copy, lockdep_is_held(&ri->lock));
		}
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	if (copy)
		kfree_rcu(copy, rcu);
}

/**
 * rivet_measure_driver() - which implementation of SHA-256 is used
 *
 * Context: any.
 * Return: its name.
 */
const char *rivet_measure_driver(void)
{
	return crypto_shash_driver_name(hash_tfm);
}

static int make_table(void)
{
	unsigned long wanted = totalram_pages() / (MEMORY_PER_BUCKET / PAGE_SIZE) + 1;
	unsigned int bits = clamp_t(unsigned int, ilog2(wanted), BUCKET_BITS_MIN, BUCKET_BITS_MAX);

	rivet_measure_shift = 64 - bits;
	rivet_measure_buckets = kvcalloc(1UL << bits, sizeof(*rivet_measure_buckets), GFP_KERNEL);
	return rivet_measure_buckets ? 0 : -ENOMEM;
}

/**
 * rivet_measure_init() - make ready to measure
 *
 * Loads the machine's fast SHA-256 now: on some distributions it is a module,
 * and loading one from inside an exec hook would recurse.
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int rivet_measure_init(void)
{
	int err;

	request_module("crypto-sha256");
	hash_tfm = crypto_alloc_shash("sha256", 0, 0);
	if (IS_ERR(hash_tfm))
		return PTR_ERR(hash_tfm);
	rivet_measure_cred = prepare_kernel_cred(&init_task);
	if (!rivet_measure_cred) {
		err = -ENOMEM;
		goto free_tfm;
	}
	err = make_table();
	if (err)
		goto put_cred;
	return 0;

put_cred:
	put_cred(rivet_measure_cred);
free_tfm:
	crypto_free_shash(hash_tfm);
	return err;
}

static void free_bucket(struct hlist_head *bucket)
{
	struct rivet_inode *ri;
	struct hlist_node *next;

	hlist_for_each_entry_safe(ri, next, bucket, node) {
		kfree(rcu_dereference_protected(ri->measurement, 1));
		kfree(rcu_dereference_protected(ri->lookup, 1));
		kfree(ri);
	}
}

/**
 * rivet_measure_exit() - give everything back
 *
 * Context: may sleep; all hooks are detached and no handler runs any more.
 */
void rivet_measure_exit(void)
{
	unsigned int i;

	for (i = 0; i < 1U << (64 - rivet_measure_shift); i++)
		free_bucket(&rivet_measure_buckets[i]);
	kvfree(rivet_measure_buckets);
	put_cred(rivet_measure_cred);
	crypto_free_shash(hash_tfm);
}
