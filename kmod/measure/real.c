// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/real: the file whose pages an open file maps and reads
 *
 * The kernel has no function that returns the layer's file behind an open file of
 * overlayfs. private_data holds that file itself or, on newer kernels, a small struct whose
 * first member it is. The size of the memory there tells the two apart: a struct file does
 * not fit into the small struct. The result must then look like a file that only overlayfs
 * and its like open.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "measure/real.h"

#define DEPTH_MAX	FILESYSTEM_MAX_STACK_DEPTH	/* overlays on overlays */

/**
 * rivet_real_find() - find rivet_real_file() of a file on overlayfs
 * @file: the file
 *
 * Context: any.
 * Return: as rivet_real_file().
 */
struct file *rivet_real_find(const struct file *file)
{
	const struct file *real = file;
	const struct super_block *sb = file_inode(file)->i_sb;
	unsigned int depth;
	void *at;

	for (depth = 0; depth < DEPTH_MAX; depth++) {
		if (sb->s_magic != OVERLAYFS_SUPER_MAGIC || strcmp(sb->s_type->name, "overlay"))
			break;
		at = real->private_data;
		if (!(real->f_mode & FMODE_OPENED) || !S_ISREG(file_inode(real)->i_mode) || !at)
			return (struct file *)file;
		real = ksize(at) >= sizeof(struct file) ? at : *(struct file **)at;
		if (!real || (real->f_mode & (FMODE_OPENED | FMODE_NOACCOUNT)) !=
			     (FMODE_OPENED | FMODE_NOACCOUNT))
			return (struct file *)file;
		sb = file_inode(real)->i_sb;
	}
	return (struct file *)(sb->s_magic == OVERLAYFS_SUPER_MAGIC ? file : real);
}
