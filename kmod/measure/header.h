/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/header: the first bytes of a program, as execve(2) uses them
 */
#ifndef _RIVET_MEASURE_HEADER_H
#define _RIVET_MEASURE_HEADER_H

#include <linux/binfmts.h>
#include <linux/elf.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/types.h>

#include "measure/table.h"

#define RIVET_HEADER_WORDS	(BINPRM_BUF_SIZE / sizeof(u64))
#define RIVET_HEADER_ELF_WORDS	(sizeof(struct elf64_hdr) / sizeof(u64))

void rivet_header_take(struct rivet_measurement *m);
bool rivet_header_rest_is(const u64 *measured, const char *read);
void rivet_header_use_slowly(const struct inode *inode, char *read);
void rivet_header_replace(const struct rivet_measurement *m, char *read);
u64 rivet_header_replaced(void);

/* Without a branch for each word: they are equal in practice. */
static __always_inline u64 rivet_header_differing(const u64 *measured, const char *read,
						  size_t words)
{
	u64 differing = 0, word;
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i < words; i++) {
		memcpy(&word, read + i * sizeof(word), sizeof(word));
		differing |= measured[i] ^ word;
	}
	return differing;
}

/*
 * ELF programs need no more than their header. Every start compares it, so the rest is
 * compared for others only.
 */
static __always_inline bool rivet_header_is(const u64 *measured, const char *read)
{
	if (rivet_header_differing(measured, read, RIVET_HEADER_ELF_WORDS))
		return false;
	return likely(!memcmp(measured, ELFMAG, SELFMAG)) || rivet_header_rest_is(measured, read);
}

/**
 * rivet_header_use_of() - rivet_header_use(), where the measurement is known
 * @m: of the file; the caller is under RCU
 * @read: as for rivet_header_use()
 *
 * Context: any.
 */
static __always_inline void rivet_header_use_of(const struct rivet_measurement *m, char *read)
{
	if (m->resident && unlikely(!rivet_header_is(m->header, read)))
		rivet_header_replace(m, read);
}

/**
 * rivet_header_use() - have execve(2) use the measured first bytes of a file
 * @inode: the file, which was permitted; the caller denies write access to it
 * @read: the first BINPRM_BUF_SIZE bytes as execve(2) has read them; replaced if they differ
 *
 * Does nothing for a file whose pages are not held. A measurement that is missing may be one
 * that rivet_measure_retire() looks at just now, and puts back.
 *
 * Context: may sleep on a kernel with PREEMPT_RT.
 */
static inline void rivet_header_use(const struct inode *inode, char *read)
{
	const struct rivet_measurement *m = NULL;
	const struct rivet_inode *ri;

	rcu_read_lock_sched();
	ri = rivet_measure_find(inode);
	if (ri)
		m = rcu_dereference_sched(ri->measurement);
	if (m)
		rivet_header_use_of(m, read);
	rcu_read_unlock_sched();
	if (unlikely(ri && !m))
		rivet_header_use_slowly(inode, read);
}

#endif /* _RIVET_MEASURE_HEADER_H */
