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
	bool is_registered;
};

static const char *fails_to_attach, *fails_to_detach;

static void ftrace_regs_set_instruction_pointer(struct ftrace_regs *fregs, unsigned long ip)
{
}

static int ftrace_set_filter(struct ftrace_ops *ops, unsigned char *buf, int len, int reset)
{
	snprintf(ops->function, sizeof(ops->function), "%s", (char *)buf);
	return 0;
}

static void ftrace_free_filter(struct ftrace_ops *ops)
{
	*ops->function = '\0';
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
	fails_to_attach = "last";
	unit_eq(rivet_attach_change(table, 3, ALL), -EBUSY, "one does not attach");
	unit_eq(attached(), 0, "none of them is");
	return unit_done();
}
