/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stale: pages of a file in memory that are not what its disk holds
 */
#ifndef _RIVET_STALE_H
#define _RIVET_STALE_H

struct inode;

int rivet_stale_expect(struct inode *inode);
int rivet_stale_drop(struct inode *inode);
int rivet_stale_replace(struct inode *inode);

#endif /* _RIVET_STALE_H */
