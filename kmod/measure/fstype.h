/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/fstype: filesystems whose files change through this kernel alone
 */
#ifndef _RIVET_MEASURE_FSTYPE_H
#define _RIVET_MEASURE_FSTYPE_H

#include <linux/types.h>

struct file;
struct inode;
struct super_block;

bool rivet_fstype_is_verifiable(const struct super_block *sb);
bool rivet_fstype_opens_in_folder(const struct file *file);
bool rivet_fstype_shows_another(const struct inode *inode);

#endif /* _RIVET_MEASURE_FSTYPE_H */
