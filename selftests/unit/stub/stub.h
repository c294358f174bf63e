/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: as much of the kernel as the files need that are tested with it
 *
 * Included before all else. A test includes the .c file that it tests, and gives the
 * answers of the rest of the kernel and of rivet. The kernel's own headers are empty
 * files.
 */
#ifndef _RIVET_STUB_H
#define _RIVET_STUB_H

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* --- compiler ------------------------------------------------------------------- */

#define notrace
#define __init
#define __ro_after_init
#define READ_ONCE(x)	(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define BIT(n)		(1UL << (n))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define swap(a, b)	\
	do { __typeof__(a) swapped = (a); (a) = (b); (b) = swapped; } while (0)
#define pr_err(...)	((void)0)
#define pr_warn(...)	((void)0)
#define strscpy(to, from, size) ((void)snprintf(to, size, "%s", from))

static inline bool WARN_ON_ONCE(bool condition)
{
	return condition;
}

/* --- memory: runs out after so many allocations; -1 never ------------------------- */

static int stub_memory __attribute__((unused)) = -1;

#define GFP_KERNEL	0
#define GFP_ATOMIC	0

static inline void *stub_alloc(size_t size)
{
	if (!stub_memory)
		return NULL;
	if (stub_memory > 0)
		stub_memory--;
	return calloc(1, size);
}

#define kzalloc(size, flags)	stub_alloc(size)
#define kfree(at)		free((void *)(at))

static inline void *kmemdup(const void *from, size_t size, int flags)
{
	void *at = stub_alloc(size);

	return at ? memcpy(at, from, size) : NULL;
}

#define MAX_ERRNO	4095
#define ERR_PTR(err)	((void *)(long)(err))
#define PTR_ERR(at)	((long)(at))
#define IS_ERR(at)	((unsigned long)(at) >= (unsigned long)-MAX_ERRNO)

/* --- locks, of which one task has no need ----------------------------------------- */

struct mutex {
	int unused;
};

#define lockdep_assert_held(lock)	((void)0)
#define mutex_lock(lock)		((void)0)
#define mutex_unlock(lock)		((void)0)
#define rcu_read_lock()			((void)0)
#define rcu_read_unlock()		((void)0)
#define rcu_dereference(at)		(at)

typedef struct {
	int counter;
} atomic_t;

#define ATOMIC_INIT(n)		{ (n) }
#define atomic_dec(a)		((void)(a)->counter--)
#define atomic_add_unless(a, n, limit) \
	((a)->counter != (limit) && ((a)->counter += (n), true))

/* --- lists ------------------------------------------------------------------------ */

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }

static inline void list_add_rcu(struct list_head *new, struct list_head *head)
{
	new->next = head->next;
	new->prev = head;
	head->next->prev = new;
	head->next = new;
}

static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

#define list_del(entry)			list_del_rcu(entry)
#define list_add_tail(new, head)	list_add_rcu(new, (head)->prev)
#define list_for_each_entry(at, head, member) \
	for (at = container_of((head)->next, __typeof__(*at), member); \
	     &at->member != (head); at = container_of(at->member.next, __typeof__(*at), member))
#define list_for_each_entry_safe(at, n, head, member) \
	for (at = container_of((head)->next, __typeof__(*at), member), \
	     n = container_of(at->member.next, __typeof__(*at), member); \
	     &at->member != (head); \
	     at = n, n = container_of(n->member.next, __typeof__(*at), member))

/* --- the module ------------------------------------------------------------------- */

struct module {
	struct list_head source_list;
	int refs;
	bool is_going;
};

struct module_use {
	struct list_head source_list, target_list;
	struct module *source, *target;
};

static struct module this_module __attribute__((unused)) = {
	.source_list = LIST_HEAD_INIT(this_module.source_list),
};

#define THIS_MODULE	(&this_module)

static inline bool try_module_get(struct module *module)
{
	if (module->is_going)
		return false;
	module->refs++;
	return true;
}

static inline void __module_get(struct module *module)
{
	module->refs++;
}

static inline void module_put(struct module *module)
{
	module->refs--;
}

#endif /* _RIVET_STUB_H */
