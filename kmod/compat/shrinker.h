/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: shrinkers and LRU lists
 */
#ifndef _RIVET_COMPAT_SHRINKER_H
#define _RIVET_COMPAT_SHRINKER_H

#include <linux/list_lru.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

/*
 * Before commit c42d50aefd17 ("mm: shrinker: add infrastructure for dynamically allocating
 * shrinker", v6.7) the user allocates a shrinker. The shrinker gets its number at the
 * registration, which may fail.
 */
#ifdef RIVET_HAVE_SHRINKER_ALLOC
static inline int rivet_compat_shrinker_register(struct shrinker *shrinker)
{
	shrinker_register(shrinker);
	return 0;
}
#else
static inline struct shrinker *rivet_compat_shrinker_alloc(unsigned int flags)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (shrinker)
		shrinker->flags = flags;
	return shrinker;
}

static inline int rivet_compat_shrinker_register(struct shrinker *shrinker)
{
	return register_shrinker(shrinker, "rivet");
}

static inline void rivet_compat_shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}

#define shrinker_alloc(flags, name) rivet_compat_shrinker_alloc(flags)
#define shrinker_free(shrinker) rivet_compat_shrinker_free(shrinker)
#endif

/*
 * Before commit 0a97c01cd20b ("list_lru: allow explicit memcg and NUMA node selection",
 * v6.8) list_lru_add() itself determines the node and memcg of an object.
 */
#ifndef RIVET_HAVE_LIST_LRU_ADD_OBJ
#define list_lru_add_obj(lru, item) list_lru_add(lru, item)
#define list_lru_del_obj(lru, item) list_lru_del(lru, item)
#endif

/*
 * Before commit da0c02516c50 ("mm/list_lru: simplify the list_lru walk callback function",
 * v6.13) the callback of a walk gets the lock of the list.
 */
#ifdef RIVET_HAVE_LIST_LRU_WALK_LOCK
#define RIVET_LRU_WALK(name, item, list, arg) \
	enum lru_status name(struct list_head *item, struct list_lru_one *list, \
			     spinlock_t *lock, void *arg)
#else
#define RIVET_LRU_WALK(name, item, list, arg) \
	enum lru_status name(struct list_head *item, struct list_lru_one *list, void *arg)
#endif

#endif /* _RIVET_COMPAT_SHRINKER_H */
