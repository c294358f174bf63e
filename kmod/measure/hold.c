// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/hold: keeping writers away between the check of a file and its mapping
 *
 * The kernel asks mmap_file first and inserts the mapping later. A writer that
 * opens the file in between would be missed: so a permitted executable mapping
 * holds a denial of write access from before the check until the task returns
 * to user mode, by when the mapping is in the address space, and from then on
 * the write-open hook finds it there and refuses.
 *
 * Each CPU keeps a few holds that are not in use. A place for one is emptied and
 * filled with one instruction each, so that no lock is needed.
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
 * rivet_hold_get_other() - an unused hold when the first spare one is gone
 *
 * Context: may sleep.
 * Return: it, or NULL without memory.
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
 * @hold: a hold, which is gone afterwards
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
 * @work: that of the hold
 *
 * Context: may sleep.
 */
void rivet_hold_end(struct callback_head *work)
{
	rivet_hold_drop(container_of(work, struct rivet_hold, work));
}

/*
 * A mapping that is being made not executable by mprotect(2) is still used as it was, until
 * the processors have forgotten it. The kernel marks the address space before and after.
 */
static bool runs(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_EXEC)
		return true;
	smp_rmb();	/* who sees the flag gone sees the mark, or that all is over */
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
 * If not, no processor runs it any more either, after this: munmap(2) takes a mapping away
 * first, and has the processors forget it later.
 *
 * Context: may sleep; takes the mapping's i_mmap_rwsem for reading. Interrupts all processors.
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
 * rivet_hold_may_be_mapped_executable() - the same where nothing may sleep
 * @inode: its inode, which the caller knows to live
 *
 * Context: any but interrupts.
 * Return: false if no address space has the file mapped executable; true also if that
 * cannot be known, or so many have it mapped that it would take long to find out.
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
