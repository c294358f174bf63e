// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/again: read a file once more, beside the measurement that is kept
 *
 * Through the page cache these are the bytes that a program would get. A direct read gets
 * those of the device, whatever the page cache holds; it neither changes nor removes pages.
 */
#include <crypto/hash.h>
#include <linux/bvec.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/uio.h>

#include "measure/again.h"
#include "measure/hash.h"
#include "measure/measure.h"
#include "measure/measuring.h"

#define PIECE_SIZE	(32 * 1024)	/* bytes of one read */

static ssize_t read_direct(struct file *file, void *buf, loff_t *pos)
{
	struct bio_vec bytes = { .bv_page = virt_to_page(buf), .bv_len = PIECE_SIZE };
	struct iov_iter to;

	iov_iter_bvec(&to, ITER_DEST, &bytes, 1, PIECE_SIZE);
	return vfs_iter_read(file, &to, pos, 0);
}

static int read_pieces(struct file *file, u64 size, struct rivet_again *again, void *buf,
		       struct shash_desc *desc)
{
	loff_t pos = 0;
	ssize_t got;
	int err;

	while (pos < size) {
		if (again->fresh)
			got = read_direct(file, buf, &pos);
		else
			got = kernel_read(file, buf, min_t(u64, PIECE_SIZE, size - pos), &pos);
		if (got <= 0)
			return got == -ENOMEM ? got : -EIO;
		err = crypto_shash_update(desc, buf, got);
		if (err)
			return err;
		if (!again->go_on(again->arg, got))
			return -EINTR;
		cond_resched();
	}
	return pos == size ? 0 : -EIO;
}

static int hash_pieces(struct file *file, u64 size, struct rivet_again *again)
{
	void *buf = (void *)__get_free_pages(GFP_KERNEL | __GFP_COMP, get_order(PIECE_SIZE));
	struct shash_desc *desc;
	int err = -ENOMEM;

	if (!buf)
		return -ENOMEM;
	desc = rivet_hash_begin();
	if (desc)
		err = rivet_hash_end(desc, read_pieces(file, size, again, buf, desc),
				     &again->sha256);
	free_pages((unsigned long)buf, get_order(PIECE_SIZE));
	return err;
}

/* Without an alignment the kernel would read the page cache, or refuse. */
static bool can_read_direct(const struct file *file)
{
	struct kstat stat = {};

	if (vfs_getattr(&file->f_path, &stat, STATX_DIOALIGN, AT_STATX_SYNC_AS_STAT))
		return false;
	return (stat.result_mask & STATX_DIOALIGN) && stat.dio_mem_align &&
	       stat.dio_mem_align <= PAGE_SIZE && is_power_of_2(stat.dio_offset_align) &&
	       stat.dio_offset_align <= PIECE_SIZE;
}

static int read_opened(struct file *real, const struct inode *inode, struct rivet_again *again)
{
	const u64 size = i_size_read(inode);

	if (file_inode(real) != inode)
		return -ETXTBSY;
	if (size > RIVET_MEASURE_MAX)
		return -EFBIG;
	if (again->fresh && !(real->f_flags & O_DIRECT))
		again->fresh = false;
	return hash_pieces(real, size, again);
}

/*
 * The path may be an overlay's, and lead to another file than @real by now. An access time would
 * be a change of its own: XFS counts it in i_version.
 */
static int read_real(struct file *real, const struct inode *inode, struct rivet_again *again)
{
	const int flags = O_RDONLY | O_LARGEFILE | O_NOATIME;
	struct file *reader;
	int err;

	again->fresh = again->fresh && can_read_direct(real);
	reader = dentry_open(&real->f_path, flags | (again->fresh ? O_DIRECT : 0),
			     rivet_measure_cred);
	if (reader == ERR_PTR(-EINVAL) && again->fresh) {
		again->fresh = false;
		reader = dentry_open(&real->f_path, flags, rivet_measure_cred);
	}
	if (IS_ERR(reader))
		return PTR_ERR(reader) == -ENOMEM ? -ENOMEM : -EIO;
	err = read_opened(rivet_real_file(reader), inode, again);
	fput(reader);
	return err;
}

/**
 * rivet_again_read() - compute the digest of a file anew
 * @file: the file, which the caller keeps open
 * @inode: its rivet_file_inode()
 * @again: how to read, and the digest
 *
 * Neither looks at the measurement that is kept nor changes it. Writers of a file that is being
 * read by a rule for READ are kept out meanwhile, as by any other reader.
 *
 * Context: may sleep and read the file; no lock is held.
 * Return: 0; -EINTR if @again->go_on ended it; -ETXTBSY if another file is at the path by now;
 * -EFBIG if it is larger than any file that is measured; -EIO if it cannot be read or has
 * another size than its inode says; -ENOMEM.
 */
int rivet_again_read(struct file *file, const struct inode *inode, struct rivet_again *again)
{
	const struct cred *old = override_creds(rivet_measure_cred);
	struct rivet_measuring mark;
	int err;

	rivet_measuring_begin(&mark);
	err = read_real(rivet_real_file(file), inode, again);
	rivet_measuring_end(&mark);
	revert_creds(old);
	return err;
}
