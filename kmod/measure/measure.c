// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/measure: digests of the bytes of a file
 *
 * A measurement does not depend on policy or RIVs. No lock is held while a
 * file is read.
 */
#include <crypto/hash.h>
#include <linux/cache.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/iversion.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "measure/closed.h"
#include "measure/end.h"
#include "measure/hash.h"
#include "measure/header.h"
#include "measure/keep.h"
#include "measure/measure.h"
#include "measure/measuring.h"
#include "measure/pinned.h"
#include "measure/resident.h"
#include "measure/slack.h"
#include "measure/stale.h"

#define CHUNK_SIZE	(16 * 1024)	/* bytes at a time; larger buffers cost more to allocate */

/* The kernel's own: reads for the system, not for the caller. */
const struct cred *rivet_measure_cred __ro_after_init;

/*
 * Read through a file of our own in three cases: an O_DIRECT descriptor cannot be read into
 * kernel memory, one that is only being opened cannot be read at all, and a read of a watched
 * file may wait for the watcher. The path may be an overlay's and lead to another inode than
 * @real has. The task is marked, see measure/measuring.c.
 */
static struct file *open_for_reading(struct file *real)
{
	if ((real->f_mode & FMODE_READ) && (real->f_mode & FMODE_OPENED) &&
	    !(real->f_flags & O_DIRECT) && !file_has_watchers(real))
		return get_file(real);
	return dentry_open(&real->f_path, O_RDONLY | O_LARGEFILE, rivet_measure_cred);
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
		if (got == -ENOMEM)
			return got;
		if (got <= 0)
			return got == -EINTR || got == -ERESTARTSYS ? -EINTR : -EIO;
		err = crypto_shash_update(desc, buf, got);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int hash_file(struct file *file, u64 size, struct rivet_digest *out)
{
	void *buf = kmalloc(min_t(u64, CHUNK_SIZE, max_t(u64, size, 1)), GFP_KERNEL);
	struct shash_desc *desc = rivet_hash_begin();
	int err = -ENOMEM;

	if (desc)
		err = rivet_hash_end(desc, buf ? hash_chunks(file, size, desc, buf) : -ENOMEM, out);
	kfree(buf);
	return err;
}

/*
 * Reads with the kernel's credentials: the caller's permissions do not matter, and a
 * security module that confines the caller must not turn a listed file into an error.
 */
static int read_and_hash(struct file *file, const struct inode *inode, u64 size,
			 struct rivet_digest *out)
{
	const struct cred *old = override_creds(rivet_measure_cred);
	struct file *reader = open_for_reading(rivet_real_file(file)), *real;
	int err = -ETXTBSY;

	if (IS_ERR(reader)) {
		revert_creds(old);
		return PTR_ERR(reader) == -ENOMEM ? -ENOMEM : -EIO;
	}
	real = rivet_real_file(reader);
	if (file_inode(real) == inode)
		err = hash_file(real, size, out);
	fput(reader);
	revert_creds(old);
	return err;
}

#define BUFFER_CHUNK	(64 * 1024)	/* bytes of a buffer hashed at a time */

static int hash_buffer(const u8 *data, size_t len, struct shash_desc *desc)
{
	int err = 0;

	while (!err && len) {
		size_t part = min_t(size_t, len, BUFFER_CHUNK);

		if (fatal_signal_pending(current))
			return -EINTR;
		err = crypto_shash_update(desc, data, part);
		data += part;
		len -= part;
		cond_resched();
	}
	return err;
}

/**
 * rivet_measure_buffer() - compute the digest of bytes in memory
 * @data: the bytes, which do not change meanwhile
 * @len: their number
 * @out: the digest
 *
 * Context: may sleep; a fatal signal ends it after at most one chunk.
 * Return: 0, -EINTR, -ENOMEM or an errno of the hash.
 */
int rivet_measure_buffer(const void *data, size_t len, struct rivet_digest *out)
{
	struct shash_desc *desc = rivet_hash_begin();

	return desc ? rivet_hash_end(desc, hash_buffer(data, len, desc), out) : -ENOMEM;
}

/**
 * rivet_measure_verity() - get the fs-verity digest of a file
 * @inode: inode of an open file
 * @out: the digest; RIVET_DIGEST_NONE if the file has none with SHA-256, or if the
 *	kernel does not export it to modules
 *
 * Constant time: the digest has been in memory since the file was opened.
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

static int hash_pages(const struct rivet_resident *r, u64 size, struct rivet_digest *out)
{
	struct shash_desc *desc = rivet_hash_begin();

	return desc ? rivet_hash_end(desc, rivet_resident_hash(r, size, desc), out) : -ENOMEM;
}

static bool wants_pages(const struct inode *inode, const struct rivet_measure_how *how)
{
	return how->keep && how->deny_writers && rivet_keep_mode() != RIVET_RESIDENT_OFF &&
	       rivet_resident_is_possible(inode);
}

/* Returns the number of pages that the measurement will hold. */
static unsigned long count_pages(const struct inode *inode, const struct rivet_measure_how *how)
{
	const u64 size = i_size_read(inode);

	if (size > RIVET_MEASURE_MAX || (IS_VERITY(inode) && !how->want_sha256))
		return 0;
	return wants_pages(inode, how) ? DIV_ROUND_UP_ULL(size, PAGE_SIZE) : 0;
}

/* Notes the values that reveal a later change, before the first byte is read. */
static int begin_content(struct inode *inode, const struct rivet_measure_how *how,
			 struct rivet_measurement *out)
{
	int err = 0;

	memset(out, 0, sizeof(*out));
	out->ops = READ_ONCE(inode->i_mapping->a_ops);
	out->wb_err = READ_ONCE(inode->i_mapping->wb_err);
	/*
	 * A server or a remote disk behind any other file is not asked to write. Nor is a
	 * disk from which nothing will be read.
	 */
	if (how->keep && !rivet_closed_is(inode->i_mapping))
		err = rivet_stale_drop(inode);
	if (err)
		return err;
	out->flush = READ_ONCE(rivet_measure_flush_count);
	out->size = i_size_read(inode);
	rivet_measure_verity(inode, &out->verity);
	/* Queried, so that any later change increments it. */
	out->cookie = IS_I_VERSION(inode) ? (inode_query_iversion(inode),
					     inode_peek_iversion_raw(inode)) :
					    inode_peek_iversion_raw(inode);
	return 0;
}

/*
 * Takes the pages and hashes them, so that they stay those in use. Where no pages are to be
 * held, or too many are already, this reads through the page cache: other pages may be there
 * when the file is used. The holder of a pin may change a page at any time, and bytes behind
 * the end are not hashed, so both are looked for.
 */
static int measure_content(struct file *file, struct inode *inode,
			   const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	const bool read = !out->verity.alg || how->want_sha256;
	struct rivet_resident *r = NULL;
	int err = 0;

	if (read && out->size > RIVET_MEASURE_MAX)
		return -EFBIG;
	if (read && wants_pages(inode, how))
		r = rivet_resident_take(inode, out->size);
	if (r == ERR_PTR(-ENOSPC)) {
		out->ops = NULL;	/* valid for this use only */
		r = NULL;
	}
	if (IS_ERR(r))
		return PTR_ERR(r);
	if (!r) {
		err = read ? read_and_hash(file, inode, out->size, &out->sha256) :
			     rivet_stale_verity(inode);
		return err ?: rivet_pinned_check(inode->i_mapping) ?:
			      rivet_slack_zero_cached(inode);
	}
	out->pages = READ_ONCE(inode->i_mapping->nrpages);
	err = hash_pages(r, out->size, &out->sha256);
	if (err)
		rivet_resident_put(r);
	else
		out->resident = r;
	return err;
}

/*
 * Without @deny_writers, writers are not denied (audit mode disturbs nobody). A writer that
 * is there before or after makes the result unusable. So does one that comes and goes: its
 * open is a change, so that the measurement is neither published nor used once. The writers
 * are let in again before the result is used: until then the write denials of rivet and of
 * the kernel keep them out in enforce mode, and the user of the result asks once more
 * whether there was a change (still_matches() in decide/eval.c).
 */
static bool keep_writers_out(struct inode *inode, const struct rivet_measure_how *how)
{
	if (how->deny_writers)
		return atomic_dec_unless_positive(&inode->i_writecount);
	return atomic_read(&inode->i_writecount) <= 0;
}

/* Returns false if there was a writer. */
static bool let_writers_in(struct inode *inode, const struct rivet_measure_how *how)
{
	if (!how->deny_writers)
		return atomic_read(&inode->i_writecount) <= 0;
	atomic_inc(&inode->i_writecount);
	return true;
}

/*
 * A page with many references looks like one that is pinned for writing, and any reader of
 * the file can cause that. Other pages then take the place of all of them.
 */
static int measure(struct file *file, struct inode *inode, const struct rivet_measure_how *how,
		   struct rivet_measurement *out)
{
	int err;

	if (!keep_writers_out(inode, how))
		return -ETXTBSY;
	err = begin_content(inode, how, out) ?: measure_content(file, inode, how, out);
	if (err == -ETXTBSY && how->keep && !rivet_stale_replace(inode))
		err = begin_content(inode, how, out) ?: measure_content(file, inode, how, out);
	if (!let_writers_in(inode, how) && !err)
		err = -ETXTBSY;
	return err;
}

static bool is_enough(const struct rivet_measurement *m, const struct rivet_measure_how *how)
{
	return m->sha256.alg || (m->verity.alg && !how->want_sha256);
}

/* One task measures; the others wait for it and use its result. */
static int measure_to_keep(struct file *file, struct inode *inode, struct rivet_inode *ri,
			   const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	struct rivet_measurement *m;
	u32 changes;
	int err;

	m = kmalloc(struct_size(m, header, RIVET_HEADER_WORDS), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	err = rivet_measure_table_start(ri, &changes);
	if (err)
		goto free;
	if (rivet_measure_peek(inode, out) && is_enough(out, how))
		goto stop;
	m->resident = NULL;
	err = measure(file, inode, how, m);
	m->changes = changes;
	if (!err && m->resident)
		rivet_header_take(m);
	if (!err) {
		*out = *m;
		err = rivet_measure_table_publish(ri, changes, m);
	}
	if (!err) {
		m = NULL;	/* now the table's */
		goto stop;
	}
	rivet_measure_settle(ri);
	rivet_resident_put(m->resident);
stop:
	rivet_measure_table_stop(ri);
free:
	kfree(m);
	return err;
}

static u32 count_changes(struct rivet_inode *ri)
{
	u32 changes;

	spin_lock(&ri->lock);
	changes = ri->life.changes;
	spin_unlock(&ri->lock);
	return changes;
}

/*
 * The record is there only to count the changes: nothing is published, so any number of
 * tasks may measure the file at once.
 */
static int measure_for_once(struct file *file, struct inode *inode, struct rivet_inode *ri,
			    const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	const u32 changes = count_changes(ri);
	int err = measure(file, inode, how, out);

	out->changes = changes;
	return err ?: rivet_measure_is_unchanged(inode, out) ? 0 : -ETXTBSY;
}

/**
 * rivet_measure_file() - get the measurement in memory, or measure a file
 * @file: the file, which the caller keeps open
 * @inode: its rivet_file_inode()
 * @how: options of the measurement
 * @out: the measurement
 *
 * Context: if @how->may_read, may sleep and read the file, and no lock may be held; a fatal
 * signal ends it after at most one chunk. Else any but hard interrupt.
 * Return: 0; -EWOULDBLOCK if there is none in memory and the file must not be read; -ETXTBSY
 * if it is open for writing, or pinned, or was changed meanwhile; -EIO if it cannot be read,
 * or not from its disk, or became shorter; -EFBIG over RIVET_MEASURE_MAX; -EINTR; -ENOMEM.
 */
int rivet_measure_file(struct file *file, struct inode *inode,
		       const struct rivet_measure_how *how, struct rivet_measurement *out)
{
	struct rivet_measuring mark;
	struct rivet_inode *ri;
	int err;

	if (rivet_measure_peek(inode, out) && is_enough(out, how) &&
	    atomic_read(&inode->i_writecount) <= 0)
		return 0;
	if (!how->may_read)
		return -EWOULDBLOCK;
	ri = rivet_measure_table_get(inode);
	if (IS_ERR(ri))
		return PTR_ERR(ri);
	rivet_keep_make_room(count_pages(inode, how));
	rivet_measuring_begin(&mark);
	err = how->keep ? measure_to_keep(file, inode, ri, how, out) :
			  measure_for_once(file, inode, ri, how, out);
	rivet_measuring_end(&mark);
	return err;
}

/**
 * rivet_measure_init() - prepare for measuring
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int __init rivet_measure_init(void)
{
	int err;

	rivet_measuring_init();
	err = rivet_hash_init();
	if (err)
		return err;
	rivet_measure_cred = prepare_kernel_cred(&init_task);
	if (!rivet_measure_cred) {
		err = -ENOMEM;
		goto exit_hash;
	}
	err = rivet_measure_table_init();
	if (err)
		goto put_cred;
	err = rivet_keep_init();
	if (err)
		goto exit_table;
	return 0;

exit_table:
	rivet_measure_table_exit();
put_cred:
	put_cred(rivet_measure_cred);
exit_hash:
	rivet_hash_exit();
	return err;
}

/**
 * rivet_measure_exit() - free all resources of measuring
 *
 * Context: may sleep; all hooks are detached and no handler runs any more.
 */
void rivet_measure_exit(void)
{
	rivet_keep_exit();
	rivet_measure_table_exit();
	rivet_closed_exit();
	put_cred(rivet_measure_cred);
	rivet_hash_exit();
}
