/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/measuring: which tasks are reading a file for rivet
 */
#ifndef _RIVET_MEASURE_MEASURING_H
#define _RIVET_MEASURE_MEASURING_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/list.h>

struct file;
struct path;
struct task_struct;

/**
 * struct rivet_measuring - the mark of a task that reads a file for rivet
 *
 * On the stack of the task, from rivet_measuring_begin() to rivet_measuring_end(). Only the
 * task itself adds, finds and removes it, so it is never found after its end.
 *
 * @node: in the table of marks, under the lock of its bucket
 * @task: the task, compared as a number only
 */
struct rivet_measuring {
	struct hlist_node node;
	const struct task_struct *task;
};

extern atomic_t rivet_measuring_count;

void rivet_measuring_init(void);
void rivet_measuring_begin(struct rivet_measuring *mark);
void rivet_measuring_end(struct rivet_measuring *mark);
bool rivet_measuring_opens(struct file *file);
struct file *rivet_measuring_open(const struct path *path);

/**
 * rivet_measuring_is_any() - whether any task reads a file for rivet
 *
 * Context: any.
 * Return: true if so; never false in a task that is marked.
 */
static inline bool rivet_measuring_is_any(void)
{
	return atomic_read(&rivet_measuring_count) > 0;
}

#endif /* _RIVET_MEASURE_MEASURING_H */
