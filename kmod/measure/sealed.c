// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/sealed: memory files whose bytes can never change again
 *
 * A memory file counts no writers, so nothing can be said of most of them. The three seals
 * against writing, growing and shrinking fix its content: no write(2), no truncation, no
 * hole, no writable shared mapping. A seal is never removed. The kernel adds the seal against
 * writing only when no writable mapping and no pinned page is left. The seal against future
 * writing leaves existing ones in place, so it does not count.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>

#include "measure/sealed.h"

#define SEALS_NEEDED	(F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

/*
 * Is it a file of the kernel's own mount of tmpfs? Huge pages are another filesystem, and
 * private files belong to the kernel, which may write to them at any time.
 */
static bool is_memory_file(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;

	return IS_ENABLED(CONFIG_SHMEM) && S_ISREG(inode->i_mode) && !IS_PRIVATE(inode) &&
	       (sb->s_flags & SB_KERNMOUNT) && sb->s_magic == TMPFS_MAGIC &&
	       !strcmp(sb->s_type->name, "tmpfs");
}

/**
 * rivet_sealed() - whether a file is a memory file whose bytes can never change again
 * @inode: its inode
 *
 * Context: any.
 * Return: true if so, and then for good.
 */
bool rivet_sealed(const struct inode *inode)
{
	unsigned int seals;

	if (!is_memory_file(inode))
		return false;
	seals = READ_ONCE(SHMEM_I((struct inode *)inode)->seals);
	return (seals & SEALS_NEEDED) == SEALS_NEEDED;
}
