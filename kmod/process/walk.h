/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - process/walk: visit all processes
 */
#ifndef _RIVET_PROCESS_WALK_H
#define _RIVET_PROCESS_WALK_H

struct mm_struct;

void rivet_walk_memories(void (*look)(struct mm_struct *mm, void *data), void *data);

#endif /* _RIVET_PROCESS_WALK_H */
