// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - verify/file: whether a listed file still is the one that is listed
 *
 * The file is hashed anew beside the measurement that is kept for it. If that one has another
 * digest although no writer came in between, the bytes have changed without a hook's seeing
 * it, and the kept one is not used any more.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iversion.h>
#include <linux/path.h>

#include "measure/change.h"
#include "measure/end.h"
#include "measure/fstype.h"
#include "measure/measure.h"
#include "measure/measuring.h"
#include "measure/real.h"
#include "measure/stale.h"
#include "measure/write_denial.h"
#include "riv/lookup.h"
#include "verify/file.h"

#define ALL_USES	(RIVET_USE_EXEC | RIVET_USE_MMAP | RIVET_USE_KMOD | RIVET_USE_FIRMWARE | \
			 RIVET_USE_READ | RIVET_USE_SCRIPT)

/**
 * struct before - the knowledge of a file before it was read again
 * @known: there is a measurement
 * @measurement: the measurement
 * @cookie: raw i_version
 * @size: bytes
 */
struct before {
	bool known;
	struct rivet_measurement measurement;
	u64 cookie;
	u64 size;
};

static void note(struct inode *inode, struct before *before)
{
	before->known = rivet_measure_peek(inode, &before->measurement);
	/* Queried, so that a change increments it. */
	if (IS_I_VERSION(inode))
		inode_query_iversion(inode);
	before->cookie = inode_peek_iversion_raw(inode);
	before->size = i_size_read(inode);
}

static bool has_writer(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

static bool was_changed(const struct inode *inode, const struct before *before)
{
	return has_writer(inode) || before->cookie != inode_peek_iversion_raw(inode) ||
	       before->size != i_size_read(inode) ||
	       (before->known && !rivet_measure_is_unchanged(inode, &before->measurement));
}

/*
 * While a file is mapped as verified nothing is dropped. Its measurement is then torn: the use
 * goes on, and no other begins by it. Not if pages are held and only the device has other
 * bytes: every use, now and later, is of those pages.
 */
static bool forget(struct inode *inode, const struct before *before, bool fresh)
{
	/*
	 * Pages in memory may still be as they were measured, and the next measurement is of those
	 * unless they are dropped first. Not below a program that runs.
	 */
	if (fresh && !rivet_may_be_mapped_executable(inode))
		rivet_stale_note(inode);
	if (rivet_change_begin(inode) == RIVET_LIFE_FREE)
		return true;
	if (fresh && before->measurement.resident)
		return false;
	rivet_measure_tear(inode);
	return true;
}

static int compare(const struct dentry *dentry, const char *path,
		   const struct rivet_digest *verity, const struct rivet_digest *sha256,
		   struct rivet_verify_result *result)
{
	struct rivet_finding finding = { .reason = RIVET_REASON_UNLISTED };
	int err = 0;

	if (verity->alg)
		err = rivet_lookup_digest(verity, dentry, ALL_USES, true, &finding);
	if (!err && finding.reason == RIVET_REASON_UNLISTED) {
		rivet_voucher_put(&finding.voucher);
		err = rivet_lookup_digest(sha256, dentry, ALL_USES, true, &finding);
	}
	if (!err && finding.reason == RIVET_REASON_UNLISTED)
		rivet_lookup_path(path, &finding);
	result->reason = finding.reason;
	result->expected = finding.expected;
	rivet_voucher_put(&finding.voucher);
	return err;
}

static int reason_of_error(int err, struct rivet_verify_result *result)
{
	if (err == -EINTR || err == -ENOMEM)
		return err;
	result->reason = err == -ETXTBSY ? RIVET_REASON_WRITABLE :
			 err == -EFBIG ? RIVET_REASON_UNVERIFIABLE : RIVET_REASON_IO_ERROR;
	return 0;
}

static int read_and_compare(struct file *file, struct inode *inode, const char *path,
			    struct rivet_again *again, struct rivet_verify_result *result)
{
	struct rivet_digest verity;
	struct before before;
	int err;

	note(inode, &before);
	rivet_measure_verity(inode, &verity);
	err = rivet_again_read(file, inode, again);
	/* One that was cut or extended meanwhile cannot be read to its end either. */
	if (err && !(err == -EIO && was_changed(inode, &before)))
		return reason_of_error(err, result);
	if (was_changed(inode, &before)) {
		result->reason = RIVET_REASON_WRITABLE;
		return 0;
	}
	if (before.known && before.measurement.sha256.alg &&
	    !rivet_digest_equal(&before.measurement.sha256, &again->sha256))
		result->forgotten = forget(inode, &before, again->fresh);
	return compare(rivet_file_path(file)->dentry, path, &verity, &again->sha256, result);
}

static bool is_verifiable(const struct inode *inode)
{
	return rivet_fstype_is_verifiable(inode->i_sb) && !IS_DAX(inode) &&
	       !rivet_fstype_shows_another(inode);
}

/* No server, and no file of the kernel's own, is asked to open anything. */
static bool may_open(const struct path *path)
{
	const struct super_block *sb = path->dentry->d_sb;

	return rivet_real_is_layered(sb) || rivet_fstype_is_verifiable(sb);
}

static int verify_opened(struct file *file, const char *path, struct rivet_again *again,
			 struct rivet_verify_result *result)
{
	struct inode *inode = rivet_file_inode(file);

	if (!is_verifiable(inode)) {
		result->reason = RIVET_REASON_UNVERIFIABLE;
		return 0;
	}
	if (has_writer(inode)) {
		result->reason = RIVET_REASON_WRITABLE;
		return 0;
	}
	return read_and_compare(file, inode, path, again, result);
}

/**
 * rivet_verify_file() - read a listed file anew and compare it with the RIVs
 * @path: path of a RIV, as init sees it
 * @again: how to read; the digest, unless the reason says that it was not read
 * @result: the result
 *
 * Context: may sleep and read the file; no lock is held.
 * Return: 0; -EINTR if @again->go_on ended it; -ENOMEM: then there is no result.
 */
int rivet_verify_file(const char *path, struct rivet_again *again,
		      struct rivet_verify_result *result)
{
	struct path found;
	struct file *file;
	int err;

	*result = (struct rivet_verify_result){ .reason = RIVET_REASON_IO_ERROR };
	again->sha256 = (struct rivet_digest){};
	err = rivet_lookup_from_init(path, &found);
	result->missing = err == -ENOENT || err == -ENOTDIR;
	if (err)
		return err == -ENOMEM ? err : 0;
	file = may_open(&found) ? rivet_measuring_open(&found) : ERR_PTR(-EINVAL);
	path_put(&found);
	if (file == ERR_PTR(-EINVAL))
		result->reason = RIVET_REASON_UNVERIFIABLE;	/* no regular file */
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOMEM ? -ENOMEM : 0;
	err = verify_opened(file, path, again, result);
	fput(file);
	return err;
}
