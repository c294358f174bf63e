// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/write_denial: keeping writers away between the check of a file and its mapping
 *
 * The kernel calls mmap_file first and inserts the mapping later. The write-open hook
 * would miss a writer that opens the file in between. So a permitted executable mapping
 * denies write access from before the check until the task returns to user mode. By then
 * the mapping is in the address space, and the write-open hook finds it there and refuses.
 *
 * Each CPU keeps a few unused denials. One instruction empties a slot and one fills it, so
 * that no lock is needed.
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "compat/tlb.h"
#include "measure/write_denial.h"

#define MAPPINGS_LOOKED_AT	64	/* of a file, while others wait */

DEFINE_PER_CPU(struct rivet_write_denial_cpu, rivet_write_denial_cpus);

/**
 * rivet_write_denial_alloc() - get an unused denial when the first spare one is gone
 *
 * Context: may sleep.
 * Return: the denial, or NULL if memory is short.
 */
struct rivet_write_denial *rivet_write_denial_alloc(void)
{
	struct rivet_write_denial *denial = NULL;
	unsigned int i;

	for (i = 1; i < RIVET_WRITE_DENIAL_SPARES && !denial; i++)
		denial = this_cpu_xchg(rivet_write_denial_cpus.spares[i], NULL);
	return denial ?: kmalloc(sizeof(*denial), GFP_KERNEL);
}

/**
 * rivet_write_denial_free() - give an unused denial back
 * @denial: it
 *
 * Context: may sleep.
 */
void rivet_write_denial_free(struct rivet_write_denial *denial)
{
	unsigned int i;

	for (i = 0; i < RIVET_WRITE_DENIAL_SPARES; i++)
		if (!this_cpu_cmpxchg(rivet_write_denial_cpus.spares[i], NULL, denial))
			break;
	if (i == RIVET_WRITE_DENIAL_SPARES)
		kfree(denial);
	/* Last: unloading frees the spare ones then */
	this_cpu_dec(rivet_write_denial_cpus.in_use);
}

/**
 * rivet_write_denial_put() - let writers in again
 * @denial: a denial, which must not be used afterwards
 *
 * Context: may sleep.
 */
void rivet_write_denial_put(struct rivet_write_denial *denial)
{
	struct file *file = denial->file;

	atomic_inc(&denial->inode->i_writecount);
	rivet_write_denial_free(denial);
	fput(file);
}

/**
 * rivet_write_denial_end() - task work of rivet_write_denial_until_return()
 * @work: the @work member of the denial
 *
 * Context: may sleep.
 */
void rivet_write_denial_end(struct callback_head *work)
{
	rivet_write_denial_put(container_of(work, struct rivet_write_denial, work));
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
 * rivet_is_mapped_executable() - whether some address space has the file mapped executable
 * @inode: its inode
 *
 * If it returns false, no CPU executes the file any more either: munmap(2) removes a
 * mapping first and flushes the TLBs later.
 *
 * Context: may sleep; takes the mapping's i_mmap_rwsem for reading. Interrupts all CPUs.
 * Return: true if so.
 */
bool rivet_is_mapped_executable(struct inode *inode)
{
	if (has_mapping_that_runs(inode->i_mapping))
		return true;
	rivet_tlb_flush();
	return false;
}

/**
 * rivet_may_be_mapped_executable() - the same check without sleeping
 * @inode: its inode, which the caller knows to be alive
 *
 * Context: any but interrupts.
 * Return: false if no address space has the file mapped executable; true also if that
 * cannot be known, or if the file has too many mappings to look through quickly.
 */
bool rivet_may_be_mapped_executable(struct inode *inode)
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
		sum += READ_ONCE(per_cpu(rivet_write_denial_cpus, cpu).in_use);
	return sum;
}

static void free_spares(struct rivet_write_denial_cpu *of)
{
	unsigned int i;

	for (i = 0; i < RIVET_WRITE_DENIAL_SPARES; i++)
		kfree(of->spares[i]);
}

/**
 * rivet_write_denial_exit() - wait until no task has a denial any more, and free the spare ones
 *
 * Context: may sleep; all hooks are detached, so that no new denial is taken. The
 * caller waits for RCU-tasks afterwards: the last rivet_write_denial_end() may still return.
 */
void rivet_write_denial_exit(void)
{
	int cpu;

	while (holds_in_use())
		msleep(20);
	for_each_possible_cpu(cpu)
		free_spares(per_cpu_ptr(&rivet_write_denial_cpus, cpu));
}
