/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/answer: the file check: a question is written, then the answer is read
 */
#ifndef _RIVET_SURFACE_ANSWER_H
#define _RIVET_SURFACE_ANSWER_H

struct file_operations;

extern const struct file_operations rivet_answer_ops;

void rivet_answer_exit(void);

#endif /* _RIVET_SURFACE_ANSWER_H */
