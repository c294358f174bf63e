/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - process/mapped: the files that a process has mapped executable
 */
#ifndef _RIVET_PROCESS_MAPPED_H
#define _RIVET_PROCESS_MAPPED_H

struct file;
struct mm_struct;

#define RIVET_MAPPED_BATCH	64	/* files returned by one call */

unsigned int rivet_mapped_get(struct mm_struct *mm, unsigned long *from, struct file **files);
void rivet_mapped_put(struct file **files, unsigned int count);

#endif /* _RIVET_PROCESS_MAPPED_H */
