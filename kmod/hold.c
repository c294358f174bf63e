// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hold: keeping writers away between the check of a file and its mapping
 *
 * The kernel asks mmap_file first and inserts the mapping later. A writer that
 * opens the file in between would be missed: so a permitted executable mapping
 * holds a denial of write access from before the check until the task returns
 * to user mode, by when the mapping is in the address space, and from then on
 * the write-open hook finds it there and refuses.
 *
 * The holds of a CPU that are not in use wait in a list of that CPU, so that a
 * hold allocates nothing in the normal case. Lists are touched with preemption
 * off and never from interrupts.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "hold.h"

#define POOL_MAX	16	/* unused holds kept per CPU */

/**
 * struct rivet_hold - one denial of write access
 * @work: ends it when the task returns to user mode
 * @inode: referenced, with i_writecount lowered by one
 * @next: in the list of unused ones
 */
struct rivet_hold {
	struct callback_head work;
	struct inode *inode;
	struct rivet_hold *next;
};

/**
 * struct hold_pool - unused holds of one CPU
 * @unused: list
 * @count: its length
 * @in_use: holds taken minus holds given back on this CPU; the sum over all CPUs counts
 */
struct hold_pool {
	struct rivet_hold *unused;
	unsigned int count;
	long in_use;
};

static DEFINE_PER_CPU(struct hold_pool, pools);

static struct rivet_hold *pool_get(void)
{
	struct hold_pool *pool = get_cpu_ptr(&pools);
	struct rivet_hold *hold = pool->unused;

	pool->in_use++;
	if (hold) {
		pool->unused = hold->next;
		pool->count--;
	}
	put_cpu_ptr(&pools);
	return hold;
}

static void pool_put(struct rivet_hold *hold)
{
	struct hold_pool *pool = get_cpu_ptr(&pools);

	pool->in_use--;
	if (hold && pool->count < POOL_MAX) {
		hold->next = pool->unused;
		pool->unused = hold;
		pool->count++;
		hold = NULL;
	}
	put_cpu_ptr(&pools);
	kfree(hold);
}

/**
 * rivet_hold_take() - deny write access to an inode
 * @inode: inode that the caller has open
 * @out: the hold
 *
 * Context: may sleep if the CPU's pool is empty.
 * Return: 0; -ETXTBSY if somebody has it open for writing; -ENOMEM.
 */
int rivet_hold_take(struct inode *inode, struct rivet_hold **out)
{
	struct rivet_hold *hold = pool_get();

	if (!hold)
		hold = kmalloc(sizeof(*hold), GFP_KERNEL);
	if (!hold || !atomic_dec_unless_positive(&inode->i_writecount)) {
		pool_put(hold);
		return hold ? -ETXTBSY : -ENOMEM;
	}
	ihold(inode);
	hold->inode = inode;
	*out = hold;
	return 0;
}

/**
 * rivet_hold_drop() - let writers in again
 * @hold: a hold, which is gone afterwards
 *
 * Context: may sleep.
 */
void rivet_hold_drop(struct rivet_hold *hold)
{
	struct inode *inode = hold->inode;

	atomic_inc(&inode->i_writecount);
	iput(inode);
	pool_put(hold);
}

static void end_hold(struct callback_head *work)
{
	rivet_hold_drop(container_of(work, struct rivet_hold, work));
}

/**
 * rivet_hold_until_return() - drop a hold when the task returns to user mode
 * @hold: a hold, which the caller no longer owns
 *
 * Context: task context; may sleep. A task that is exiting maps nothing any
 * more: its hold is dropped at once.
 */
void rivet_hold_until_return(struct rivet_hold *hold)
{
	init_task_work(&hold->work, end_hold);
	if (task_work_add(current, &hold->work, TWA_RESUME))
		rivet_hold_drop(hold);
}

/**
 * rivet_hold_is_mapped_executable() - whether some address space has the file mapped executable
 * @inode: its inode
 *
 * Context: may sleep; takes the mapping's i_mmap_rwsem for reading.
 * Return: true if so.
 */
bool rivet_hold_is_mapped_executable(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;
	struct rb_node *node;
	bool found = false;

	if (!mapping_mapped(mapping))
		return false;
	i_mmap_lock_read(mapping);
	for (node = rb_first_cached(&mapping->i_mmap); node && !found; node = rb_next(node))
		found = rb_entry(node, struct vm_area_struct, shared.rb)->vm_flags & VM_EXEC;
	i_mmap_unlock_read(mapping);
	return found;
}

static long holds_in_use(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&pools, cpu)->in_use);
	return sum;
}

static void free_pool(struct hold_pool *pool)
{
	struct rivet_hold *hold;

	while ((hold = pool->unused)) {
		pool->unused = hold->next;
		kfree(hold);
	}
	pool->count = 0;
}

/**
 * rivet_hold_exit() - wait until no task has a hold any more, and free the pools
 *
 * Context: may sleep; all hooks are detached, so that no new hold is taken. The
 * caller waits for RCU-tasks afterwards: the last end_hold() may still return.
 */
void rivet_hold_exit(void)
{
	int cpu;

	while (holds_in_use())
		msleep(20);
	for_each_possible_cpu(cpu)
		free_pool(per_cpu_ptr(&pools, cpu));
}
