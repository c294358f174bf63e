/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/attach: attach handlers to the kernel's hook functions
 */
#ifndef _RIVET_HOOK_ATTACH_H
#define _RIVET_HOOK_ATTACH_H

#include <linux/ftrace.h>
#include <linux/types.h>

/** enum rivet_attach_order - order of attaching; detaching uses the reverse order */
enum rivet_attach_order {
	RIVET_ATTACH_FIRST,	/* reports an end of life: a missed one would leave stale state */
	RIVET_ATTACH_LATER,
	__RIVET_ATTACH_ORDER_MAX,
};

/**
 * struct rivet_attachment - one hook function and its handler
 *
 * Entry of a static table. @ops belongs to ftrace between attaching and detaching.
 * The other members are constant, or are written under the lock that the caller of
 * rivet_attach_change() holds and read without it for reports.
 *
 * @function: kernel function whose calls are redirected; a final * matches any suffix
 * @order: order of attaching
 * @start: address of @function, found before it is attached first; 0 if it is not known or a
 *	pattern, and then ftrace searches by name
 * @handler: function of the same type that runs instead
 * @concerns: checks by the arguments whether a call is redirected. Called by ftrace, so it
 *	must not sleep and must not call @function. NULL for a hook, all of whose calls are
 *	redirected
 * @attached: calls are currently redirected
 * @missing: the kernel has no such function, or attaching to this system call failed
 * @ops: registration with ftrace
 */
struct rivet_attachment {
	const char *function;
	enum rivet_attach_order order;
	unsigned long start;
	void *handler;
	bool (*concerns)(struct ftrace_regs *fregs);
	bool attached;
	bool missing;
	struct ftrace_ops ops;
};

int rivet_attach_change(struct rivet_attachment *table, unsigned int count, u32 wanted);

#endif /* _RIVET_HOOK_ATTACH_H */
