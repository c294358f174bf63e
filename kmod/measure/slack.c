// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/slack: the bytes behind the end of a file in its last folio
 *
 * The last page of a file is mapped whole, and a huge page all of it. A task that had the
 * file mapped writable and shared can have left code behind its end, where no digest covers
 * it. The kernel zeroes these bytes when it writes the page to the disk, but never for files
 * in memory (tmpfs). A measurement zeroes them, with or without fs-verity, and they stay zero:
 * only a shared writable mapping can write to them, and it keeps the file open for writing.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "measure/resident.h"
#include "measure/slack.h"

/**
 * rivet_slack_zero() - zero the bytes behind the end of a file in one folio
 * @inode: the file, which is not open for writing; if a task opens it meanwhile, the effect
 *	is that of the kernel writing the page out: it zeroes the same, under the same lock
 * @folio: a held folio; unchanged if the end of the file is not inside
 *
 * Context: may sleep, and waits for the disk if the folio is being written to it.
 * Return: 0; -EINTR; -EIO if its memory has failed.
 */
int rivet_slack_zero(struct inode *inode, struct folio *folio)
{
	loff_t pos, size;

	if (folio_lock_killable(folio))
		return -EINTR;
	if (rivet_resident_is_poisoned(folio)) {
		folio_unlock(folio);
		return -EIO;
	}
	pos = folio_pos(folio);
	size = i_size_read(inode);
	if (folio->mapping == inode->i_mapping && size > pos && size - pos < folio_size(folio)) {
		folio_wait_writeback(folio);
		folio_zero_segment(folio, size - pos, folio_size(folio));
	}
	folio_unlock(folio);
	return 0;
}

/**
 * rivet_slack_zero_cached() - zero the bytes behind the end of a file in memory
 * @inode: the file; see rivet_slack_zero()
 *
 * For a file whose pages are not held. A page that is read from the disk later has the
 * disk's bytes behind the end: zeros, unless somebody wrote to the disk itself.
 *
 * Context: may sleep; see rivet_slack_zero().
 * Return: 0; -EINTR; -EIO if its memory has failed.
 */
int rivet_slack_zero_cached(struct inode *inode)
{
	loff_t size = i_size_read(inode);
	struct folio *folio;
	int err = 0;

	if (!size)
		return 0;
	folio = filemap_get_folio(inode->i_mapping, (size - 1) >> PAGE_SHIFT);
	if (IS_ERR_OR_NULL(folio))
		return 0;
	if (folio_test_uptodate(folio))
		err = rivet_slack_zero(inode, folio);
	folio_put(folio);
	return err;
}
