/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/write_denial: keeping writers away between the check of a file and its mapping
 */
#ifndef _RIVET_MEASURE_WRITE_DENIAL_H
#define _RIVET_MEASURE_WRITE_DENIAL_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/task_work.h>

#define RIVET_WRITE_DENIAL_SPARES	2	/* per CPU: a program and its loader */

/**
 * struct rivet_write_denial - one denial of write access
 * @work: ends it when the task returns to user mode
 * @file: referenced; a reference to the inode would cost more
 * @inode: its inode, with i_writecount lowered by one
 */
struct rivet_write_denial {
	struct callback_head work;
	struct file *file;
	struct inode *inode;
};

/**
 * struct rivet_write_denial_cpu - the denials of one CPU
 * @spares: unused ones, so that a denial allocates nothing in the normal case
 * @in_use: denials taken minus denials given back on this CPU; the sum over all CPUs counts
 */
struct rivet_write_denial_cpu {
	struct rivet_write_denial *spares[RIVET_WRITE_DENIAL_SPARES];
	long in_use;
};

DECLARE_PER_CPU(struct rivet_write_denial_cpu, rivet_write_denial_cpus);

struct rivet_write_denial *rivet_write_denial_alloc(void);
void rivet_write_denial_free(struct rivet_write_denial *denial);
void rivet_write_denial_put(struct rivet_write_denial *denial);
void rivet_write_denial_end(struct callback_head *work);
void rivet_write_denial_exit(void);
bool rivet_is_mapped_executable(struct inode *inode);
bool rivet_may_be_mapped_executable(struct inode *inode);

/**
 * rivet_write_denial_get() - deny write access to a file
 * @file: a file that the caller has open or mapped
 * @inode: its rivet_file_inode()
 *
 * Context: may sleep if the CPU has no spare denial.
 * Return: the denial; ERR_PTR(-ETXTBSY) if the file is open for writing,
 * or ERR_PTR(-ENOMEM).
 */
static inline struct rivet_write_denial *rivet_write_denial_get(struct file *file,
								struct inode *inode)
{
	struct rivet_write_denial *denial = this_cpu_xchg(rivet_write_denial_cpus.spares[0], NULL);

	if (unlikely(!denial))
		denial = rivet_write_denial_alloc();
	if (unlikely(!denial))
		return ERR_PTR(-ENOMEM);
	this_cpu_inc(rivet_write_denial_cpus.in_use);
	if (unlikely(!atomic_dec_unless_positive(&inode->i_writecount))) {
		rivet_write_denial_free(denial);
		return ERR_PTR(-ETXTBSY);
	}
	denial->file = get_file(file);
	denial->inode = inode;
	return denial;
}

/**
 * rivet_write_denial_until_return() - drop a denial when the task returns to user mode
 * @denial: a denial, which the caller no longer owns
 *
 * TWA_RESUME would also call kick_process(), which current, being in the kernel already,
 * does not need.
 *
 * Context: task context; may sleep. An exiting task maps nothing any more, so its denial is
 * dropped at once.
 */
static inline void rivet_write_denial_until_return(struct rivet_write_denial *denial)
{
	init_task_work(&denial->work, rivet_write_denial_end);
	if (likely(!task_work_add(current, &denial->work, TWA_NONE)))
		set_thread_flag(TIF_NOTIFY_RESUME);
	else
		rivet_write_denial_put(denial);
}

#endif /* _RIVET_MEASURE_WRITE_DENIAL_H */
