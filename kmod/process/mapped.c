// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/mapped: the files that a process has mapped executable
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include "process/mapped.h"

static bool is_among(struct file *const *files, unsigned int count, const struct file *file)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (file_inode(files[i]) == file_inode(file) &&
		    files[i]->f_path.dentry == file->f_path.dentry)
			return true;
	return false;
}

/**
 * rivet_mapped_get() - get the next files that a process has mapped executable
 * @mm: memory of the process, held by the caller
 * @from: address to begin at, 0 for the first call; set to the address for the next call
 * @files: room for RIVET_MAPPED_BATCH files; each is referenced and listed once
 *
 * Context: may sleep; takes the mmap lock.
 * Return: number of files; 0 if no file is left.
 */
unsigned int rivet_mapped_get(struct mm_struct *mm, unsigned long *from, struct file **files)
{
	struct vm_area_struct *vma;
	struct vma_iterator iter;
	unsigned int n = 0;

	vma_iter_init(&iter, mm, *from);
	mmap_read_lock(mm);
	for_each_vma(iter, vma) {
		if (n == RIVET_MAPPED_BATCH)
			break;
		*from = vma->vm_end;
		if (!vma->vm_file || !(vma->vm_flags & VM_EXEC) ||
		    is_among(files, n, vma->vm_file))
			continue;
		files[n++] = get_file(vma->vm_file);
	}
	mmap_read_unlock(mm);
	return n;
}

/**
 * rivet_mapped_put() - release the references
 * @files: array filled by rivet_mapped_get()
 * @count: number returned by rivet_mapped_get()
 *
 * Context: may sleep.
 */
void rivet_mapped_put(struct file **files, unsigned int count)
{
	while (count)
		fput(files[--count]);
}
