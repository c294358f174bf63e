// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/stale: pages of a file in memory that differ from its disk
 *
 * We hash pages in memory, but later the kernel may read them from the disk again. The two
 * are the same except in two cases. Somebody writes to the blocks below the pages, as to
 * those of a file that becomes a swap area. Or write-back of a page fails: the kernel then
 * marks the page clean all the same, and only keeps the error with the mapping.
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
 * rivet_stale_expect() - note a file that is opened to become a swap area
 * @inode: its rivet_file_inode(), of a regular file that is being opened for writing
 *
 * If it is to be a swap area, the note lasts for as long as the inode is in memory.
 *
 * Context: may sleep; the caller holds the inode through the file.
 * Return: 0 or -ENOMEM.
 */
int rivet_stale_expect(struct inode *inode)
{
	struct rivet_inode *ri;

	/* No hook reports that the file being opened becomes a swap area. */
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

/**
 * rivet_stale_note() - note that the disk of a file has other bytes than its pages
 * @inode: its rivet_file_inode(), which the caller holds
 *
 * The next measurement reads the disk. A file that was never measured has nothing to note.
 *
 * Context: any.
 */
void rivet_stale_note(const struct inode *inode)
{
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		WRITE_ONCE(ri->swapped, true);
	rcu_read_unlock();
}

static int drop_cached(struct address_space *mapping)
{
	int err = filemap_fdatawrite(mapping);

	filemap_fdatawait_keep_errors(mapping);
	return err || invalidate_inode_pages2(mapping) ? -EIO : 0;
}

/**
 * rivet_stale_drop() - drop pages of a file that may differ from its disk
 * @inode: inode of a file that is not open for writing
 *
 * Later reads get the bytes of the disk. Does nothing for files whose pages cannot differ.
 *
 * Context: may sleep; no lock may be held. Writes dirty pages and waits for the disk; no
 * signal ends the wait.
 * Return: 0, or -EIO if pages cannot be dropped.
 */
int rivet_stale_drop(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;
	const struct rivet_inode *ri;
	bool stale;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	stale = ri && READ_ONCE(ri->swapped);
	rcu_read_unlock();
	if (likely(!stale && !errseq_check(&mapping->wb_err, 0)) ||
	    !mapping_can_writeback(mapping))
		return 0;
	return drop_cached(mapping);
}

/**
 * rivet_stale_verity() - have a file with fs-verity read again, once
 * @inode: inode of a file with fs-verity, which has a record
 *
 * The kernel compares a page with the file's digest when it reads the page, but only from the
 * time on at which fs-verity has been enabled. What was in memory before stays there. So the
 * digest says nothing of those pages, and they are dropped.
 *
 * Context: as rivet_stale_drop().
 * Return: 0, or -EIO if pages cannot be dropped now.
 */
int rivet_stale_verity(struct inode *inode)
{
	struct rivet_inode *ri;
	int err;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	rcu_read_unlock();	/* the caller holds the inode, and so its record */
	if (READ_ONCE(ri->reread))
		return 0;
	/* Pages are held for what they were before fs-verity, and cannot be read again yet. */
	if (rivet_closed_is(inode->i_mapping))
		return -EIO;
	err = drop_cached(inode->i_mapping);
	if (!err)
		WRITE_ONCE(ri->reread, true);
	return err;
}

/**
 * rivet_stale_replace() - have a file read from its disk into other pages
 * @inode: inode of a file that is not open for writing
 *
 * The holder of an old page keeps it and may write to it, but the page no longer belongs to
 * the file.
 *
 * Context: as rivet_stale_drop().
 * Return: 0, or -ETXTBSY if it cannot be done: files in memory have no other pages.
 */
int rivet_stale_replace(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;

	if (!mapping_can_writeback(mapping) || rivet_closed_is(mapping))
		return -ETXTBSY;
	return drop_cached(mapping) ? -ETXTBSY : 0;
}
