/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/real: the file whose pages an open file maps and reads
 */
#ifndef _RIVET_MEASURE_REAL_H
#define _RIVET_MEASURE_REAL_H

#include <linux/fs.h>
#include <linux/magic.h>

struct file *rivet_real_find(const struct file *file);

/**
 * rivet_real_is_layered() - whether files of a filesystem show the bytes of another's
 * @sb: the filesystem
 *
 * Context: any.
 * Return: true for overlayfs.
 */
static inline bool rivet_real_is_layered(const struct super_block *sb)
{
	return unlikely(sb->s_magic == OVERLAYFS_SUPER_MAGIC);
}

/**
 * rivet_real_file() - the file whose pages a mapping of an open file maps
 * @file: a file; the kernel has opened it, or the inode is that of a layer
 *
 * Overlayfs opens a file of one of its layers when its own file is opened, and maps that
 * file from then on. A later copy-up gives the name another inode, but not the open file.
 *
 * Context: any.
 * Return: the file of the innermost layer, kept open by @file; @file itself on other
 * filesystems, and if none is found. Nothing matches in the latter case, because files of
 * overlayfs itself cannot be verified.
 */
static __always_inline struct file *rivet_real_file(const struct file *file)
{
	if (rivet_real_is_layered(file_inode(file)->i_sb))
		return rivet_real_find(file);
	return (struct file *)file;
}

/**
 * rivet_real_is_outdated() - whether an open file has been copied up since it was opened
 * @file: the file
 * @inode: inode of its rivet_real_file()
 *
 * The kernel then reads another inode through @file than it maps.
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool rivet_real_is_outdated(const struct file *file, const struct inode *inode)
{
	return unlikely(file_inode(file) != inode) && d_real_inode(file->f_path.dentry) != inode;
}

#endif /* _RIVET_MEASURE_REAL_H */
