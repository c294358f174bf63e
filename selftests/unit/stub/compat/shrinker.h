/* SPDX-License-Identifier: GPL-2.0 */
/* A stub of compat/shrinker.h for measure/keep.c: the kernel asks for nothing */
#ifndef _RIVET_COMPAT_SHRINKER_H
#define _RIVET_COMPAT_SHRINKER_H

enum lru_status {
	LRU_REMOVED,
	LRU_ROTATE,
	LRU_SKIP,
};

struct list_lru {
	int unused;
};

struct list_lru_one {
	int unused;
};

struct shrink_control {
	unsigned long nr_to_scan, nr_scanned;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	int seeks;
};

#define SHRINKER_NUMA_AWARE	0
#define SHRINKER_MEMCG_AWARE	0
#define DEFAULT_SEEKS		0
#define RIVET_LRU_WALK(name, item, list, arg) \
	enum lru_status name(struct list_head *item, struct list_lru_one *list, void *arg)

#define list_lru_add_obj(lru, item)		((void)(lru))
#define list_lru_del_obj(lru, item)		((void)(lru))
#define list_lru_shrink_count(lru, control)	0UL
#define list_lru_shrink_walk(lru, control, walk, arg) ((void)(walk))
#define list_lru_isolate_move(list, item, to)	((void)0)
#define list_lru_init_memcg(lru, shrinker)	0
#define list_lru_destroy(lru)			((void)0)
#define shrinker_alloc(flags, name) \
	((struct shrinker *)stub_alloc(sizeof(struct shrinker)))
#define shrinker_free(shrinker)			free(shrinker)
#define rivet_compat_shrinker_register(shrinker) 0

#endif /* _RIVET_COMPAT_SHRINKER_H */
