// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/header: the first bytes of a program, as execve(2) uses them
 *
 * execve(2) reads the first bytes of a file into a buffer before it asks the hook: the header
 * of a program, which says where it begins, or the line that names the interpreter of a
 * script. Formats take these bytes from the buffer and read all others from the page cache.
 * The page may have been another one then than when the file was measured: it was evicted,
 * or dropped because it may have differed from the disk, and the disk said something else. So
 * a measurement keeps these bytes as they are in the held pages, and execve(2) gets them.
 *
 * binfmt_misc alone looks at bytes behind the header of an ELF program, to choose an
 * interpreter that root has registered and that must be listed like any program.
 *
 * The buffer is not compared with the pages themselves: only the lock of the record keeps
 * those, but a measurement stays for a grace period.
 */
#include <linux/atomic.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "measure/header.h"
#include "measure/resident.h"

static atomic64_t replaced;

/*
 * Reads the program headers as the kernel does for programs of its own kind. A program with
 * more than one header for its stack gets what the last one says: here all must agree.
 */
static bool asks_for_plain_stack(const char *page)
{
	const struct elfhdr *elf = (const struct elfhdr *)page;
	struct elf_phdr header;
	bool plain = false;
	unsigned int i;

	if (memcmp(elf->e_ident, ELFMAG, SELFMAG) || elf->e_ident[EI_CLASS] != ELF_CLASS ||
	    !elf_check_arch(elf) || elf->e_phentsize != sizeof(header) ||
	    elf->e_phoff > PAGE_SIZE ||
	    elf->e_phnum > (PAGE_SIZE - elf->e_phoff) / sizeof(header))
		return false;
	for (i = 0; i < elf->e_phnum; i++) {
		memcpy(&header, page + elf->e_phoff + i * sizeof(header), sizeof(header));
		if (header.p_type != PT_GNU_STACK)
			continue;
		if (header.p_flags & PF_X)
			return false;
		plain = true;
	}
	return plain;
}

/**
 * rivet_header_take() - keep the first bytes of a file whose pages are held
 * @m: a measurement with pages, not published yet, with room for RIVET_HEADER_WORDS words
 *
 * The bytes behind the end of a file are zeros, as in the buffer of execve(2): a
 * measurement zeroes them. Notes too what the program wants of its stack.
 *
 * Context: any.
 */
void rivet_header_take(struct rivet_measurement *m)
{
	const struct rivet_resident *r = m->resident;
	void *data;

	BUILD_BUG_ON(PAGE_SIZE < BINPRM_BUF_SIZE);
	BUILD_BUG_ON(BINPRM_BUF_SIZE % sizeof(u64));
	memset(m->header, 0, BINPRM_BUF_SIZE);
	if (!r->count)
		return;
	data = kmap_local_folio(r->folios[0], 0);
	memcpy(m->header, data, BINPRM_BUF_SIZE);
	m->plain_stack = asks_for_plain_stack(data);
	kunmap_local(data);
}

/**
 * rivet_header_use_slowly() - rivet_header_use(), where the measurement seems to be missing
 * @inode: as for rivet_header_use()
 * @read: as for rivet_header_use()
 *
 * Context: any but hard interrupt; takes the record's lock.
 */
void rivet_header_use_slowly(const struct inode *inode, char *read)
{
	const struct rivet_measurement *m;

	rcu_read_lock();
	m = rivet_measure_published(inode);
	if (m && m->resident && !rivet_header_is(m->header, read))
		rivet_header_replace(m, read);
	rcu_read_unlock();
}

/**
 * rivet_header_rest_is() - compare the bytes behind those of an ELF header
 * @measured: the measured first bytes of a file
 * @read: BINPRM_BUF_SIZE bytes
 *
 * Context: any.
 * Return: true if they are equal.
 */
bool rivet_header_rest_is(const u64 *measured, const char *read)
{
	return !memcmp(measured + RIVET_HEADER_ELF_WORDS,
		       read + RIVET_HEADER_ELF_WORDS * sizeof(u64),
		       (RIVET_HEADER_WORDS - RIVET_HEADER_ELF_WORDS) * sizeof(u64));
}

/**
 * rivet_header_replace() - put the measured first bytes in the place of those read
 * @m: the measurement
 * @read: BINPRM_BUF_SIZE bytes
 *
 * Context: any; the caller keeps @m.
 */
void rivet_header_replace(const struct rivet_measurement *m, char *read)
{
	memcpy(read, m->header, BINPRM_BUF_SIZE);
	atomic64_inc(&replaced);
	pr_warn_ratelimited("the first bytes of a program were read differently before it was measured: a disk changes, or rivet is to be deceived; the measured ones are used\n");
}

/**
 * rivet_header_replaced() - how often execve(2) had read other bytes than were measured
 *
 * Context: any.
 * Return: the number since loading.
 */
u64 rivet_header_replaced(void)
{
	return atomic64_read(&replaced);
}
