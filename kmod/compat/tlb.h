/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - tlb.h: have every processor forget the translations of addresses it knows
 *
 * The kernel does so for one address space at a time, when it has taken something out of
 * it. What it has for all of them is not for modules on amd64, but the instructions are.
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

/* With interrupts off. Changing the bit for global pages flushes all others, too. */
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

/* Of a guest of Xen without its own page tables (PV), Xen alone knows what to flush. */
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
