// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the addresses of functions: only what is certain is taken
 */
#define KPROBE_FLAG_DISABLED	2
#define KSYM_SYMBOL_LEN		128

struct kprobe {
	const char *symbol_name;
	void *addr;
	unsigned int flags;
};

#define FUNCTION	0x10000UL

/* The kernel: the address of each name, and the symbol at that address */
static const struct {
	const char *name;
	unsigned long address;
	const char *symbol;
	unsigned long start;
} functions[] = {
	{ "plain", FUNCTION, "plain+0x0/0x20", FUNCTION },
	{ "pad", FUNCTION + 4, "pad+0x4/0x20", FUNCTION },
	{ "module", FUNCTION, "module+0x0/0x20 [evil]", 0 },
	{ "alias", FUNCTION, "other+0x0/0x20", 0 },
	{ "short", FUNCTION, "shorter+0x0/0x20", 0 },
	{ "raw", FUNCTION, "0xffffffff81000000", 0 },
	{ "size", FUNCTION, "size+0x0", 0 },
	{ "missing", 0, "", 0 },
};

static unsigned int registered, unregistered;

static int register_kprobe(struct kprobe *probe)
{
	size_t i;

	unit_eq(probe->flags, KPROBE_FLAG_DISABLED, "%s: disabled", probe->symbol_name);
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i].name, probe->symbol_name))
			break;
	if (i == ARRAY_SIZE(functions) || !functions[i].address)
		return -ENOENT;
	probe->addr = (void *)functions[i].address;
	registered++;
	return 0;
}

static void unregister_kprobes(struct kprobe **probes, int count)
{
	while (count--)
		unregistered += !!probes[count]->addr;
}

static const char *asked;

static int sprint_symbol(char *buf, unsigned long address)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i].name, asked))
			return sprintf(buf, "%s", functions[i].symbol);
	return 0;
}

#include "hook/address.c"

int main(void)
{
	const char *names[RIVET_ADDRESSES_MAX] = {};
	unsigned long starts[RIVET_ADDRESSES_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		asked = functions[i].name;
		names[0] = asked;
		rivet_address_find(names, 2, starts);
		unit_eq(starts[0], functions[i].start, "%s", asked);
		unit_eq(starts[1], 0, "%s: nothing beside it", asked);
	}
	unit_eq(registered, ARRAY_SIZE(functions) - 1, "all but the missing one are probed");
	unit_eq(unregistered, registered, "and no probe is left");
	for (i = 0; i < RIVET_ADDRESSES_MAX; i++)
		names[i] = "plain";
	asked = "plain";
	rivet_address_find(names, RIVET_ADDRESSES_MAX, starts);
	unit_eq(starts[RIVET_ADDRESSES_MAX - 1], FUNCTION, "as many as there may be");
	unit_eq(unregistered, registered, "no probe is left of them either");
	names[0] = NULL;
	rivet_address_find(names, 1, starts);
	unit_eq(starts[0], 0, "nothing is looked for");
	return unit_done();
}
