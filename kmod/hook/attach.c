// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/attach: putting handlers on the kernel's hook functions
 *
 * A kernel with the BPF LSM calls an ordinary function, bpf_lsm_<hook>(), at
 * each security hook, so that something can be attached to it. rivet redirects
 * the call to its own handler with ftrace, as livepatch does: the callback
 * sets the instruction pointer to the handler, which then returns to the
 * caller of bpf_lsm_<hook>() in its stead. Where the kernel asks no hook, a system
 * call can be redirected alike, if the handler does all that it does. Should a
 * better way to attach come, only this file changes.
 */
#include <linux/bits.h>
#include <linux/module.h>
#include <linux/string.h>

#include "hook/attach.h"

static void notrace redirect_call(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rivet_attachment *a = container_of(ops, struct rivet_attachment, ops);

	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)a->handler);
}

/* For a function that does something itself: most calls go on in it. */
static void notrace redirect_some_calls(unsigned long ip, unsigned long parent_ip,
					struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rivet_attachment *a = container_of(ops, struct rivet_attachment, ops);

	if (a->concerns(fregs))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)a->handler);
}

/* ftrace keeps pointing at the filter it freed, and would free it again with the next. */
static void drop_filter(struct rivet_attachment *a)
{
	ftrace_free_filter(&a->ops);
	memset(&a->ops, 0, sizeof(a->ops));
}

#define NAME_MAX_LEN	64	/* of a function, with its end */

static int attach_one(struct rivet_attachment *a)
{
	char name[NAME_MAX_LEN];	/* ftrace writes to a pattern */
	int err;

	/*
	 * PERMANENT: kernel.ftrace_enabled=0 is refused while this is attached.
	 * Not RECURSION: that flag asks ftrace to guard the callback against
	 * recursion, which costs more than the callback, and this one calls nothing.
	 */
	a->ops.func = a->concerns ? redirect_some_calls : redirect_call;
	a->ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
	strscpy(name, a->function, sizeof(name));
	err = ftrace_set_filter(&a->ops, (unsigned char *)name, strlen(name), 1);
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

/* One line for whoever wanted the hook, with what to do about it. */
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
 * A system call is no hook, which nothing else is made for: a kernel may be built without
 * it, and somebody may patch it. What the hooks see is decided on nevertheless.
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

static int attach_wanted(struct rivet_attachment *table, unsigned int count, u32 wanted)
{
	unsigned int order;
	u32 added = 0;
	int err = 0;

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
 * Attaches what is missing first, all of it or none, then detaches what is no longer
 * wanted, in reverse order: by @order, then by the place in @table. A handler may
 * still be running when its detaching has returned; who frees what it uses waits for
 * RCU-tasks first.
 *
 * Context: may sleep; the caller serialises.
 * Return: 0, also if a system call alone cannot be attached to and is missing; -ENOENT if
 * the kernel lacks a wanted hook, -EBUSY if another
 * user (a livepatch) modifies it or ftrace is disabled, or another errno of
 * ftrace; if detaching failed, some unwanted hook remains attached.
 */
int rivet_attach_change(struct rivet_attachment *table, unsigned int count, u32 wanted)
{
	return attach_wanted(table, count, wanted) ?: detach_unwanted(table, count, ~wanted);
}
