/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/change: changes of files, and the freeing of inodes
 */
#ifndef _RIVET_HOOK_CHANGE_H
#define _RIVET_HOOK_CHANGE_H

struct file;
struct inode;
struct path;

int rivet_hook_change_permit(struct file *file);
int rivet_hook_change_expect(const struct path *path, struct inode *inode);

#endif /* _RIVET_HOOK_CHANGE_H */
