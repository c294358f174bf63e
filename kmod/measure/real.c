// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/real: the file whose pages are mapped and read when a file is
 *
 * No function of the kernel tells the file of the layer that an open file of overlayfs
 * goes with. It lies in private_data: itself, or, on newer kernels, as the first member
 * of a small struct. Which of them it is the size of the memory there tells: a struct
 * file does not fit into the small one. What was found must then look like a file that
 * only overlayfs and its like open.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "measure/real.h"

#define DEPTH_MAX	FILESYSTEM_MAX_STACK_DEPTH	/* overlays on overlays */

static bool is_overlayfs(const struct super_block *sb)
{
	return rivet_real_is_layered(sb) && !strcmp(sb->s_type->name, "overlay");
}

static struct file *layer_of(const struct file *file)
{
	void *at = file->private_data;
	struct file *real;

	if (!(file->f_mode & FMODE_OPENED) || !S_ISREG(file_inode(file)->i_mode) || !at)
		return NULL;
	real = ksize(at) >= sizeof(struct file) ? at : *(struct file **)at;
	if (!real || (real->f_mode & (FMODE_OPENED | FMODE_NOACCOUNT)) !=
		     (FMODE_OPENED | FMODE_NOACCOUNT))
		return NULL;
	return real;
}

/**
 * rivet_real_find() - rivet_real_file() of a file on overlayfs
 * @file: the file
 *
 * Context: any.
 * Return: as rivet_real_file().
 */
struct file *rivet_real_find(const struct file *file)
{
	const struct file *real = file;
	unsigned int depth;

	for (depth = 0; depth < DEPTH_MAX && is_overlayfs(file_inode(real)->i_sb); depth++) {
		real = layer_of(real);
		if (!real)
			return (struct file *)file;
	}
	return (struct file *)(rivet_real_is_layered(file_inode(real)->i_sb) ? file : real);
}
