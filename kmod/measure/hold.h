/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/hold: keeping writers away between the check of a file and its mapping
 */
#ifndef _RIVET_MEASURE_HOLD_H
#define _RIVET_MEASURE_HOLD_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/task_work.h>

#define RIVET_HOLD_SPARES	2	/* per CPU: for a program and its loader in one execve() */

/**
 * struct rivet_hold - one denial of write access
 * @work: ends it when the task returns to user mode
 * @file: referenced; a reference to the inode would cost more
 * @inode: its inode, with i_writecount lowered by one
 */
struct rivet_hold {
	struct callback_head work;
	struct file *file;
	struct inode *inode;
};

/**
 * struct rivet_hold_cpu - the holds of one CPU
 * @spares: unused ones, so that a hold allocates nothing in the normal case
 * @in_use: holds taken minus holds given back on this CPU; the sum over all CPUs counts
 */
struct rivet_hold_cpu {
	struct rivet_hold *spares[RIVET_HOLD_SPARES];
	long in_use;
};

DECLARE_PER_CPU(struct rivet_hold_cpu, rivet_hold_cpus);

struct rivet_hold *rivet_hold_get_other(void);
void rivet_hold_put(struct rivet_hold *hold);
void rivet_hold_drop(struct rivet_hold *hold);
void rivet_hold_end(struct callback_head *work);
void rivet_hold_exit(void);
bool rivet_hold_is_mapped_executable(struct inode *inode);
bool rivet_hold_may_be_mapped_executable(struct inode *inode);

/**
 * rivet_hold_take() - deny write access to a file
 * @file: a file that the caller has open or mapped
 * @inode: its rivet_measure_inode()
 *
 * Context: may sleep if the CPU has no spare hold.
 * Return: the hold; ERR_PTR(-ETXTBSY) if the file is open for writing,
 * or ERR_PTR(-ENOMEM).
 */
static inline struct rivet_hold *rivet_hold_take(struct file *file, struct inode *inode)
{
	struct rivet_hold *hold = this_cpu_xchg(rivet_hold_cpus.spares[0], NULL);

	if (unlikely(!hold))
		hold = rivet_hold_get_other();
	if (unlikely(!hold))
		return ERR_PTR(-ENOMEM);
	this_cpu_inc(rivet_hold_cpus.in_use);
	if (unlikely(!atomic_dec_unless_positive(&inode->i_writecount))) {
		rivet_hold_put(hold);
		return ERR_PTR(-ETXTBSY);
	}
	hold->file = get_file(file);
	hold->inode = inode;
	return hold;
}

/**
 * rivet_hold_until_return() - drop a hold when the task returns to user mode
 * @hold: a hold, which the caller no longer owns
 *
 * TWA_RESUME would also call kick_process(), which current, being in the kernel already,
 * does not need.
 *
 * Context: task context; may sleep. An exiting task maps nothing any more, so its hold is
 * dropped at once.
 */
static inline void rivet_hold_until_return(struct rivet_hold *hold)
{
	init_task_work(&hold->work, rivet_hold_end);
	if (likely(!task_work_add(current, &hold->work, TWA_NONE)))
		set_thread_flag(TIF_NOTIFY_RESUME);
	else
		rivet_hold_drop(hold);
}

#endif /* _RIVET_MEASURE_HOLD_H */
