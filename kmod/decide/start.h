/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/start: which program a process starts, as far as decisions depend on it
 */
#ifndef _RIVET_DECIDE_START_H
#define _RIVET_DECIDE_START_H

#include <linux/types.h>

struct file;
struct inode;

bool rivet_start_note_known(struct file *file, struct inode *inode);
int rivet_start_note(struct file *file, struct inode *inode);

#endif /* _RIVET_DECIDE_START_H */
