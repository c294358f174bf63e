/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hold: keeping writers away between the check of a file and its mapping
 */
#ifndef _RIVET_HOLD_H
#define _RIVET_HOLD_H

#include <linux/fs.h>

struct rivet_hold;

int rivet_hold_take(struct inode *inode, struct rivet_hold **out);
void rivet_hold_drop(struct rivet_hold *hold);
void rivet_hold_until_return(struct rivet_hold *hold);
void rivet_hold_exit(void);
bool rivet_hold_is_mapped_executable(struct inode *inode);

#endif /* _RIVET_HOLD_H */
