/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/attach: putting handlers on the kernel's hook functions
 */
#ifndef _RIVET_HOOK_ATTACH_H
#define _RIVET_HOOK_ATTACH_H

#include <linux/ftrace.h>
#include <linux/types.h>

/** enum rivet_attach_order - when a hook is attached; detaching goes the other way */
enum rivet_attach_order {
	RIVET_ATTACH_FIRST,	/* tells of an end: a missed one would be taken for another */
	RIVET_ATTACH_LATER,
	__RIVET_ATTACH_ORDER_MAX,
};

/**
 * struct rivet_attachment - one hook function and its handler
 *
 * Lives in a static table. @ops belongs to ftrace between attaching and
 * detaching; the other members are constant, or written under the lock that the
 * caller of rivet_attach_change() holds, and read without it for reports.
 *
 * @function: kernel function whose calls are redirected; one with * at its end: all that begin so
 * @order: when it is attached
 * @handler: function of the same type that answers instead
 * @concerns: whether a call is redirected, by its arguments; called by ftrace, so it must
 *	not sleep, and of @function nothing may be called by it. NULL: it is a hook, and each
 *	call is
 * @attached: calls are redirected now
 * @missing: the kernel has no such function, or lets no one attach to this system call
 * @ops: ftrace's side of it
 */
struct rivet_attachment {
	const char *function;
	enum rivet_attach_order order;
	void *handler;
	bool (*concerns)(struct ftrace_regs *fregs);
	bool attached;
	bool missing;
	struct ftrace_ops ops;
};

int rivet_attach_change(struct rivet_attachment *table, unsigned int count, u32 wanted);

#endif /* _RIVET_HOOK_ATTACH_H */
