/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/stale: pages of a file in memory that differ from its disk
 */
#ifndef _RIVET_MEASURE_STALE_H
#define _RIVET_MEASURE_STALE_H

struct inode;

int rivet_stale_expect(struct inode *inode);
void rivet_stale_note(const struct inode *inode);
int rivet_stale_drop(struct inode *inode);
int rivet_stale_verity(struct inode *inode);
int rivet_stale_replace(struct inode *inode);

#endif /* _RIVET_MEASURE_STALE_H */
