// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/attach: attach handlers to the kernel's hook functions
 *
 * A kernel with the BPF LSM calls an ordinary function, bpf_lsm_<hook>(), at
 * each security hook, as an attachment point. rivet redirects the call to its own
 * handler with ftrace, like livepatch: the callback sets the instruction pointer to
 * the handler, which then returns to the caller of bpf_lsm_<hook>() directly. If the
 * kernel has no hook, a system call can be redirected in the same way, provided that
 * the handler also does the work of the system call. A better way to attach would
 * change only this file.
 */
#include <linux/bits.h>
#include <linux/module.h>
#include <linux/string.h>

#include "hook/address.h"
#include "hook/attach.h"

static void notrace redirect_call(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rivet_attachment *a = container_of(ops, struct rivet_attachment, ops);

	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)a->handler);
}

/* For a function with work of its own: most calls continue in it. */
static void notrace redirect_some_calls(unsigned long ip, unsigned long parent_ip,
					struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rivet_attachment *a = container_of(ops, struct rivet_attachment, ops);

	if (a->concerns(fregs))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)a->handler);
}

/* ftrace keeps a pointer to the freed filter and would free it again with the next one. */
static void drop_filter(struct rivet_attachment *a)
{
	ftrace_free_filter(&a->ops);
	memset(&a->ops, 0, sizeof(a->ops));
}

#define NAME_MAX_LEN	64	/* bytes of a function's name, with its terminator */

static bool is_pattern(const char *function)
{
	return strchr(function, '*');
}

/* The search by name is slow, but it also finds all functions that fit a pattern. */
static int set_filter(struct rivet_attachment *a)
{
	char name[NAME_MAX_LEN];	/* a copy, because ftrace writes to a pattern */

	if (a->start && !ftrace_set_filter_ip(&a->ops, a->start, 0, 1))
		return 0;
	strscpy(name, a->function, sizeof(name));
	return ftrace_set_filter(&a->ops, (unsigned char *)name, strlen(name), 1);
}

static int attach_one(struct rivet_attachment *a)
{
	int err;

	/*
	 * PERMANENT: the kernel refuses kernel.ftrace_enabled=0 while this is attached.
	 * Not RECURSION: that flag makes ftrace guard the callback against recursion,
	 * which costs more than the callback itself, and the callback calls nothing that
	 * could recurse.
	 */
	a->ops.func = a->concerns ? redirect_some_calls : redirect_call;
	a->ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
	err = set_filter(a);
	if (err) {
		a->missing = true;
		return -ENOENT;
	}
	err = register_ftrace_function(&a->ops);
	if (err) {
		drop_filter(a);
		return err;
	}
	a->attached = true;
	a->missing = false;
	return 0;
}

static int detach_one(struct rivet_attachment *a)
{
	int err = unregister_ftrace_function(&a->ops);

	if (err)
		return err;
	drop_filter(a);
	a->attached = false;
	return 0;
}

static int detach_hooks(struct rivet_attachment *table, unsigned int count, u32 unwanted,
			enum rivet_attach_order order)
{
	unsigned int i;
	int err;

	for (i = count; i-- > 0;) {
		if (!(unwanted & BIT(i)) || table[i].order != order || !table[i].attached)
			continue;
		err = detach_one(&table[i]);
		if (err) {
			pr_err("cannot detach from %s: error %d\n", table[i].function, err);
			return err;
		}
	}
	return 0;
}

static int detach_unwanted(struct rivet_attachment *table, unsigned int count, u32 unwanted)
{
	unsigned int order;
	int err = 0;

	for (order = __RIVET_ATTACH_ORDER_MAX; order-- > 0 && !err;)
		err = detach_hooks(table, count, unwanted, order);
	return err;
}

/* Logs one line with the cause of the failure and a remedy. */
static void tell_why(const char *function, int err)
{
	if (err == -ENOENT)
		pr_err("cannot attach to %s: this kernel has no BPF LSM (CONFIG_BPF_LSM)\n",
		       function);
	else if (err == -EBUSY)
		pr_err("cannot attach to %s: ftrace is disabled (sysctl kernel.ftrace_enabled=1) or a livepatch holds it (/sys/kernel/livepatch)\n",
		       function);
	else
		pr_err("cannot attach to %s: error %d\n", function, err);
}

/*
 * Unlike a hook function, a system call has other users: a livepatch may hold it, or the
 * kernel may be built without it. Decisions at the hooks continue without it.
 */
static void tell_of_syscall(struct rivet_attachment *a, int err)
{
	a->missing = true;
	pr_warn("cannot attach to %s: error %d; it is not asked about\n", a->function, err);
}

static int attach_hooks(struct rivet_attachment *table, unsigned int count, u32 wanted,
			enum rivet_attach_order order, u32 *added)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		if (!(wanted & BIT(i)) || table[i].order != order || table[i].attached)
			continue;
		err = attach_one(&table[i]);
		if (err && err != -ENOMEM && table[i].concerns) {
			tell_of_syscall(&table[i], err);
			continue;
		}
		if (err) {
			tell_why(table[i].function, err);
			return err;
		}
		*added |= BIT(i);
	}
	return 0;
}

static void find_wanted(struct rivet_attachment *table, unsigned int count, u32 wanted)
{
	const char *names[RIVET_ADDRESSES_MAX] = {};
	unsigned long starts[RIVET_ADDRESSES_MAX];
	bool any = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!(wanted & BIT(i)) || table[i].attached || table[i].start ||
		    is_pattern(table[i].function))
			continue;
		names[i] = table[i].function;
		any = true;
	}
	if (!any)
		return;
	rivet_address_find(names, count, starts);
	for (i = 0; i < count; i++)
		if (names[i])
			table[i].start = starts[i];
}

static int attach_wanted(struct rivet_attachment *table, unsigned int count, u32 wanted)
{
	unsigned int order;
	u32 added = 0;
	int err = 0;

	find_wanted(table, count, wanted);
	for (order = 0; order < __RIVET_ATTACH_ORDER_MAX && !err; order++)
		err = attach_hooks(table, count, wanted, order, &added);
	if (err)
		WARN_ON_ONCE(detach_unwanted(table, count, added));
	return err;
}

/**
 * rivet_attach_change() - attach and detach until exactly the wanted hooks are attached
 * @table: all hooks
 * @count: entries of @table, at most 32
 * @wanted: bit per entry
 *
 * First attaches the missing hooks, all or none. Then detaches the hooks that are no
 * longer wanted, in reverse order: by @order, then by the position in @table. A handler
 * may still run after its detaching has returned. The caller must wait for RCU-tasks
 * before it frees memory that a handler uses.
 *
 * Context: may sleep; the caller serialises.
 * Return: 0, also if only a system call cannot be attached to and is missing; -ENOENT
 * if the kernel lacks a wanted hook; -EBUSY if another user (a livepatch) modifies it
 * or ftrace is disabled; or another errno of ftrace. If detaching failed, some unwanted
 * hook remains attached.
 */
int rivet_attach_change(struct rivet_attachment *table, unsigned int count, u32 wanted)
{
	return attach_wanted(table, count, wanted) ?: detach_unwanted(table, count, ~wanted);
}
