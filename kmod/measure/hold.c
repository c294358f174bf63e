// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/hold: keeping writers away between the check of a file and its mapping
 *
 * The kernel calls mmap_file first and inserts the mapping later. The write-open hook
 * would miss a writer that opens the file in between. So a permitted executable mapping
 * denies write access from before the check until the task returns to user mode. By then
 * the mapping is in the address space, and the write-open hook finds it there and refuses.
 *
 * Each CPU keeps a few unused holds. One instruction empties a slot and one fills it, so
 * that no lock is needed.
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "compat/tlb.h"
#include "measure/hold.h"

#define MAPPINGS_LOOKED_AT	64	/* of a file, while others wait */

DEFINE_PER_CPU(struct rivet_hold_cpu, rivet_hold_cpus);

/**
 * rivet_hold_get_other() - get an unused hold when the first spare one is gone
 *
 * Context: may sleep.
 * Return: the hold, or NULL if memory is short.
 */
struct rivet_hold *rivet_hold_get_other(void)
{
	struct rivet_hold *hold = NULL;
	unsigned int i;

	for (i = 1; i < RIVET_HOLD_SPARES && !hold; i++)
		hold = this_cpu_xchg(rivet_hold_cpus.spares[i], NULL);
	return hold ?: kmalloc(sizeof(*hold), GFP_KERNEL);
}

/**
 * rivet_hold_put() - give an unused hold back
 * @hold: it
 *
 * Context: may sleep.
 */
void rivet_hold_put(struct rivet_hold *hold)
{
	unsigned int i;

	for (i = 0; i < RIVET_HOLD_SPARES; i++)
		if (!this_cpu_cmpxchg(rivet_hold_cpus.spares[i], NULL, hold))
			break;
	if (i == RIVET_HOLD_SPARES)
		kfree(hold);
	this_cpu_dec(rivet_hold_cpus.in_use);	/* last: unloading frees the spare ones then */
}

/**
 * rivet_hold_drop() - let writers in again
 * @hold: a hold, which must not be used afterwards
 *
 * Context: may sleep.
 */
void rivet_hold_drop(struct rivet_hold *hold)
{
	struct file *file = hold->file;

	atomic_inc(&hold->inode->i_writecount);
	rivet_hold_put(hold);
	fput(file);
}

/**
 * rivet_hold_end() - task work of rivet_hold_until_return()
 * @work: the @work member of the hold
 *
 * Context: may sleep.
 */
void rivet_hold_end(struct callback_head *work)
{
	rivet_hold_drop(container_of(work, struct rivet_hold, work));
}

/*
 * While mprotect(2) makes a mapping not executable, the CPUs may still execute it until
 * their TLBs are flushed. The kernel marks the address space before and after.
 */
static bool runs(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_EXEC)
		return true;
	smp_rmb();	/* a CPU that sees the flag cleared sees the mark, or the flush is over */
	return atomic_read(&vma->vm_mm->tlb_flush_pending);
}

static bool has_mapping_that_runs(struct address_space *mapping)
{
	struct rb_node *node;
	bool found = false;

	if (!mapping_mapped(mapping))
		return false;
	i_mmap_lock_read(mapping);
	for (node = rb_first_cached(&mapping->i_mmap); node && !found; node = rb_next(node))
		found = runs(rb_entry(node, struct vm_area_struct, shared.rb));
	i_mmap_unlock_read(mapping);
	return found;
}

/**
 * rivet_hold_is_mapped_executable() - whether some address space has the file mapped executable
 * @inode: its inode
 *
 * If it returns false, no CPU executes the file any more either: munmap(2) removes a
 * mapping first and flushes the TLBs later.
 *
 * Context: may sleep; takes the mapping's i_mmap_rwsem for reading. Interrupts all CPUs.
 * Return: true if so.
 */
bool rivet_hold_is_mapped_executable(struct inode *inode)
{
	if (has_mapping_that_runs(inode->i_mapping))
		return true;
	rivet_tlb_flush();
	return false;
}

/**
 * rivet_hold_may_be_mapped_executable() - the same check without sleeping
 * @inode: its inode, which the caller knows to be alive
 *
 * Context: any but interrupts.
 * Return: false if no address space has the file mapped executable; true also if that
 * cannot be known, or if the file has too many mappings to look through quickly.
 */
bool rivet_hold_may_be_mapped_executable(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;
	unsigned int left = MAPPINGS_LOOKED_AT;
	struct rb_node *node;
	bool found = false;

	if (!mapping_mapped(mapping))
		return false;
	if (!i_mmap_trylock_read(mapping))
		return true;
	for (node = rb_first_cached(&mapping->i_mmap); node && !found; node = rb_next(node))
		found = !left-- ||
			rb_entry(node, struct vm_area_struct, shared.rb)->vm_flags & VM_EXEC;
	i_mmap_unlock_read(mapping);
	return found;
}

static long holds_in_use(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(rivet_hold_cpus, cpu).in_use);
	return sum;
}

static void free_spares(struct rivet_hold_cpu *of)
{
	unsigned int i;

	for (i = 0; i < RIVET_HOLD_SPARES; i++)
		kfree(of->spares[i]);
}

/**
 * rivet_hold_exit() - wait until no task has a hold any more, and free the spare ones
 *
 * Context: may sleep; all hooks are detached, so that no new hold is taken. The
 * caller waits for RCU-tasks afterwards: the last rivet_hold_end() may still return.
 */
void rivet_hold_exit(void)
{
	int cpu;

	while (holds_in_use())
		msleep(20);
	for_each_possible_cpu(cpu)
		free_spares(per_cpu_ptr(&rivet_hold_cpus, cpu));
}
