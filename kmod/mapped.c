// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mapped: the files that a process has mapped executable
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include "mapped.h"

/**
 * rivet_mapped_get() - the files that a process has mapped executable
 * @mm: its memory, which the caller holds
 * @files: room for RIVET_MAPPED_MAX; the first becomes its program, or NULL if that
 *	is not among the others; each referenced
 *
 * Context: may sleep; takes the mmap lock.
 * Return: number of entries used, at least 1.
 */
unsigned int rivet_mapped_get(struct mm_struct *mm, struct file **files)
{
	struct vm_area_struct *vma;
	struct vma_iterator iter;
	unsigned int n = 1;

	vma_iter_init(&iter, mm, 0);
	files[0] = NULL;
	mmap_read_lock(mm);
	for_each_vma(iter, vma) {
		if (!vma->vm_file || !(vma->vm_flags & VM_EXEC) || n == RIVET_MAPPED_MAX)
			continue;
		if (vma->vm_file == rcu_access_pointer(mm->exe_file) && !files[0])
			files[0] = get_file(vma->vm_file);
		files[n++] = get_file(vma->vm_file);
	}
	mmap_read_unlock(mm);
	return n;
}

/**
 * rivet_mapped_put() - give the references back
 * @files: filled by rivet_mapped_get()
 * @count: what that returned
 *
 * Context: may sleep.
 */
void rivet_mapped_put(struct file **files, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (files[i])
			fput(files[i]);
}
