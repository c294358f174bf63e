// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/address: the addresses of the kernel's functions
 *
 * ftrace finds a function by comparing the names of all functions of the kernel and its
 * modules, some two hundred million instructions for each hook. The kernel's table of symbols
 * is faster, but modules may not search it. A kprobe is placed by that table. One that is
 * registered as disabled changes no code, and has the address.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "hook/address.h"

/**
 * struct search - room for a search, too large for the stack
 * @probes: the probes
 * @registered: those of @probes that are registered
 * @count: number of @registered
 * @symbol: symbol at an address, as text
 */
struct search {
	struct kprobe probes[RIVET_ADDRESSES_MAX];
	struct kprobe *registered[RIVET_ADDRESSES_MAX];
	unsigned int count;
	char symbol[KSYM_SYMBOL_LEN];
};

/*
 * The probe lies behind a landing pad (ENDBR, BTI), if the function begins with one. The text
 * is "name+0x4/0x20", with the name of the module behind it if the function is in one.
 */
static unsigned long start_of(struct search *s, const struct kprobe *probe)
{
	const size_t len = strlen(probe->symbol_name);
	unsigned long offset, size;
	int end = 0;

	sprint_symbol(s->symbol, (unsigned long)probe->addr);
	if (strncmp(s->symbol, probe->symbol_name, len) ||
	    sscanf(s->symbol + len, "+0x%lx/0x%lx%n", &offset, &size, &end) != 2 ||
	    s->symbol[len + end])
		return 0;
	return (unsigned long)probe->addr - offset;
}

static unsigned long find_one(struct search *s, const char *name)
{
	struct kprobe *probe = &s->probes[s->count];

	*probe = (struct kprobe){ .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	if (register_kprobe(probe))
		return 0;
	s->registered[s->count++] = probe;
	return start_of(s, probe);
}

/**
 * rivet_address_find() - find where functions of the kernel begin
 * @names: names of global functions, of which the linker admits no two; NULL for none
 * @count: number of @names, at most RIVET_ADDRESSES_MAX
 * @starts: set to their addresses; 0 where the search does not tell, as in a kernel without
 *	kprobes, or for a function of a module, or one that has the address with another
 *
 * Context: may sleep, for a grace period of RCU.
 */
void rivet_address_find(const char * const *names, unsigned int count, unsigned long *starts)
{
	struct search *s = kzalloc(sizeof(*s), GFP_KERNEL);
	unsigned int i;

	for (i = 0; i < count; i++)
		starts[i] = s && names[i] ? find_one(s, names[i]) : 0;
	if (s && s->count)
		unregister_kprobes(s->registered, s->count);
	kfree(s);
}
