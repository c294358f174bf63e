// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/stale: pages of a file in memory that are not what its disk holds
 *
 * What is measured is in memory, and what runs later may have been read again from the
 * disk. Both are the same unless the blocks below the pages are written to, as those of a
 * file that becomes a swap area are; or a page is not written to them: the kernel then
 * takes it for clean all the same, and only keeps the error with the mapping.
 */
#include <linux/backing-dev.h>
#include <linux/errseq.h>
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "measure/closed.h"
#include "measure/stale.h"
#include "measure/syscall.h"
#include "measure/table.h"

/**
 * rivet_stale_expect() - a regular file is being opened for writing
 * @inode: its rivet_measure_inode()
 *
 * If it is to be a swap area, that is kept in mind for as long as the inode is in memory.
 *
 * Context: may sleep; the caller holds the inode through the file.
 * Return: 0 or -ENOMEM.
 */
int rivet_stale_expect(struct inode *inode)
{
	struct rivet_inode *ri;

	/* No hook tells that the file which is being opened becomes a swap area. */
	if (!rivet_syscall_is_swapon())
		return 0;
	ri = rivet_measure_table_get(inode);
	if (IS_ERR(ri)) {
		pr_warn_ratelimited("swapon refused: out of memory to keep the file in mind; try again\n");
		return PTR_ERR(ri);
	}
	WRITE_ONCE(ri->swapped, true);
	return 0;
}

static bool may_be_stale(const struct inode *inode)
{
	const struct rivet_inode *ri;
	bool stale;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	stale = ri && READ_ONCE(ri->swapped);
	rcu_read_unlock();
	return stale || errseq_check(&inode->i_mapping->wb_err, 0);
}

static int drop_cached(struct address_space *mapping)
{
	int err = filemap_fdatawrite(mapping);

	filemap_fdatawait_keep_errors(mapping);
	return err || invalidate_inode_pages2(mapping) ? -EIO : 0;
}

/**
 * rivet_stale_drop() - have a file read from its disk
 * @inode: inode of a file that nobody has open for writing
 *
 * Nothing is done but for files whose pages in memory may differ from what the disk holds.
 *
 * Context: may sleep; no lock may be held. Writes what is dirty, and waits for the disk,
 * which no signal ends.
 * Return: 0, or -EIO if pages cannot be dropped.
 */
int rivet_stale_drop(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;

	if (likely(!may_be_stale(inode)) || !mapping_can_writeback(mapping))
		return 0;
	return drop_cached(mapping);
}

/**
 * rivet_stale_replace() - have a file read from its disk into other pages
 * @inode: inode of a file that nobody has open for writing
 *
 * Who has hold of the pages before keeps them, and may write to them: they are no longer
 * those of the file.
 *
 * Context: as rivet_stale_drop().
 * Return: 0, or -ETXTBSY if it cannot be done: files in memory have no others.
 */
int rivet_stale_replace(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;

	if (!mapping_can_writeback(mapping) || rivet_closed_is(mapping))
		return -ETXTBSY;
	return drop_cached(mapping) ? -ETXTBSY : 0;
}
