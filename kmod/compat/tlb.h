/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: flush the TLBs of all CPUs
 *
 * The kernel flushes one address space at a time, after it has removed a mapping from it.
 * On amd64 its function for all address spaces is not exported to modules, so this file
 * uses the instructions directly.
 */
#ifndef _RIVET_COMPAT_TLB_H
#define _RIVET_COMPAT_TLB_H

#include <linux/smp.h>

#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#include <asm/invpcid.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>

static inline void rivet_set_cr4(unsigned long value)
{
	asm volatile("mov %0, %%cr4" : : "r" (value) : "memory");
}

/* Called with interrupts off. Changing CR4.PGE flushes global and all other entries. */
static inline void rivet_tlb_flush_here(void *unused)
{
	unsigned long cr4;

	if (boot_cpu_has(X86_FEATURE_INVPCID)) {
		invpcid_flush_all();
		return;
	}
	cr4 = native_read_cr4();
	rivet_set_cr4(cr4 ^ X86_CR4_PGE);
	rivet_set_cr4(cr4);
}

/* In a Xen PV guest, which has no page tables of its own, only Xen can flush the TLBs. */
static inline void rivet_tlb_flush(void)
{
	if (!boot_cpu_has(X86_FEATURE_XENPV))
		on_each_cpu(rivet_tlb_flush_here, NULL, 1);
}
#else
#include <asm/tlbflush.h>

static inline void rivet_tlb_flush(void)
{
	flush_tlb_all();
}
#endif

#endif /* _RIVET_COMPAT_TLB_H */
