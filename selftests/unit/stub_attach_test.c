// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of attaching: all or nothing, and hooks that cannot be detached stay
 * known
 */
#define FTRACE_OPS_FL_IPMODIFY	BIT(0)
#define FTRACE_OPS_FL_PERMANENT	BIT(1)
#define pr_fmt(fmt)		fmt

struct ftrace_regs;

struct ftrace_ops {
	void (*func)(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		     struct ftrace_regs *fregs);
	unsigned long flags;
	char function[64];
	unsigned long ip;
	bool is_registered;
};

static const char *fails_to_attach, *fails_to_detach;

static void ftrace_regs_set_instruction_pointer(struct ftrace_regs *fregs, unsigned long ip)
{
}

#define NO_FUNCTION	0x1000	/* an address at which ftrace knows of no function */

static int ftrace_set_filter(struct ftrace_ops *ops, unsigned char *buf, int len, int reset)
{
	snprintf(ops->function, sizeof(ops->function), "%s", (char *)buf);
	return 0;
}

static int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip, int remove, int reset)
{
	if (ip == NO_FUNCTION)
		return -EINVAL;
	ops->ip = ip;
	return 0;
}

static void ftrace_free_filter(struct ftrace_ops *ops)
{
	*ops->function = '\0';
	ops->ip = 0;
}

static int register_ftrace_function(struct ftrace_ops *ops)
{
	if (fails_to_attach && !strcmp(ops->function, fails_to_attach))
		return -EBUSY;
	ops->is_registered = true;
	return 0;
}

static int unregister_ftrace_function(struct ftrace_ops *ops)
{
	if (fails_to_detach && !strcmp(ops->function, fails_to_detach))
		return -ENODEV;
	ops->is_registered = false;
	return 0;
}

static unsigned long start_of_last;	/* the address that is found for "last" */
static unsigned int searches;

#include "hook/address.h"

void rivet_address_find(const char * const *names, unsigned int count, unsigned long *starts)
{
	unsigned int i;

	searches++;
	for (i = 0; i < count; i++)
		starts[i] = names[i] && !strcmp(names[i], "last") ? start_of_last : 0;
}

#include "hook/attach.c"

static struct rivet_attachment table[] = {
	{ .function = "later", .order = RIVET_ATTACH_LATER },
	{ .function = "first", .order = RIVET_ATTACH_FIRST },
	{ .function = "last", .order = RIVET_ATTACH_LATER },
};

#define ALL	7U

static u32 attached(void)
{
	u32 bits = 0, i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		unit_ok(table[i].attached == table[i].ops.is_registered,
			"%s: known as it is", table[i].function);
		bits |= table[i].attached ? BIT(i) : 0;
	}
	return bits;
}

/* By address where one is known, else by name; searched for once */
static void test_addresses(void)
{
	start_of_last = NO_FUNCTION;
	unit_eq(rivet_attach_change(table, 3, BIT(2)), 0, "an address without a function");
	unit_text(table[2].ops.function, "last", "attaches by name");
	unit_eq(rivet_attach_change(table, 3, 0), 0, "and detaches");
	table[2].start = 0;
	start_of_last = 0x2000;
	searches = 0;
	unit_eq(rivet_attach_change(table, 3, BIT(1) | BIT(2)), 0, "the address of a function");
	unit_eq(table[2].ops.ip, 0x2000, "is attached to");
	unit_text(table[2].ops.function, "", "not by name");
	unit_text(table[1].ops.function, "first", "the other by name");
	unit_eq(rivet_attach_change(table, 3, BIT(2)), 0, "the other detaches");
	unit_eq(searches, 1, "nothing is searched for when nothing attaches");
	unit_eq(rivet_attach_change(table, 3, 0), 0, "and the first");
	unit_eq(table[2].ops.ip, 0, "no filter is left");
	unit_eq(rivet_attach_change(table, 3, BIT(2)), 0, "it attaches again");
	unit_eq(searches, 1, "without another search");
	unit_eq(rivet_attach_change(table, 3, 0), 0, "all detach again");
	table[2].start = 0;
	table[2].function = "last*";
	unit_eq(rivet_attach_change(table, 3, BIT(2)), 0, "a pattern");
	unit_eq(searches, 1, "is not searched for");
	unit_text(table[2].ops.function, "last*", "but attached by name");
	unit_eq(rivet_attach_change(table, 3, 0), 0, "it detaches");
	table[2].function = "last";
	start_of_last = 0;
}

int main(void)
{
	unit_eq(rivet_attach_change(table, 3, ALL), 0, "all attach");
	unit_eq(attached(), ALL, "all are attached");
	fails_to_detach = "later";
	unit_eq(rivet_attach_change(table, 3, 0), -ENODEV, "one does not detach");
	unit_eq(attached(), BIT(0) | BIT(1), "it stays, and those of an earlier order with it");
	unit_text(table[0].ops.function, "later", "its filter stays, which ftrace still uses");
	fails_to_detach = NULL;
	unit_eq(rivet_attach_change(table, 3, ALL), 0, "all attach again");
	unit_eq(attached(), ALL, "all are attached again");
	unit_eq(rivet_attach_change(table, 3, 0), 0, "all detach");
	unit_eq(attached(), 0, "none is attached");
	test_addresses();
	fails_to_attach = "last";
	unit_eq(rivet_attach_change(table, 3, ALL), -EBUSY, "one does not attach");
	unit_eq(attached(), 0, "none of them is");
	return unit_done();
}
