// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - verify/walk: the paths that a verification is about, each once
 *
 * The sets are those that are active when the walk begins: a set that is replaced meanwhile
 * does not make it jump.
 */
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "verify/walk.h"

/**
 * rivet_verify_walk_begin() - take the sets
 * @walk: the walk, for rivet_verify_walk_end() if the result is 0
 * @name: the only set; "" for all
 *
 * Context: may sleep.
 * Return: 0; -ENOENT if no set of that name is active; -ENOMEM.
 */
int rivet_verify_walk_begin(struct rivet_verify_walk *walk, const char *name)
{
	*walk = (struct rivet_verify_walk){};
	walk->sets = kcalloc(RIVET_SETS_MAX, sizeof(*walk->sets), GFP_KERNEL);
	if (!walk->sets)
		return -ENOMEM;
	walk->count = rivet_riv_take_sets(name, walk->sets);
	if (walk->count || !name[0])
		return 0;
	rivet_verify_walk_end(walk);
	return -ENOENT;
}

static const struct rivet_riv *find(const struct rivet_verify_walk *walk, unsigned int sets,
				    const char *path)
{
	const struct rivet_riv *riv = NULL;
	unsigned int i;

	for (i = 0; i < sets && !riv; i++)
		riv = rivet_riv_set_find_path(walk->sets[i], path);
	return riv;
}

/* A path may have several values, and be in several sets. */
static bool is_first(const struct rivet_verify_walk *walk, const struct rivet_set *set,
		     const struct rivet_riv *riv, const char *path)
{
	const char *before = riv == set->rivs ? NULL : rivet_riv_set_path(set, riv - 1);

	return !(before && !strcmp(before, path)) && !find(walk, walk->set, path);
}

/**
 * rivet_verify_walk_next() - go to the next path
 * @walk: the walk; @walk->path and @walk->size are set
 *
 * Context: may sleep.
 * Return: false at the end.
 */
bool rivet_verify_walk_next(struct rivet_verify_walk *walk)
{
	const struct rivet_set *set;
	const struct rivet_riv *riv;

	for (; walk->set < walk->count; walk->set++, walk->riv = 0) {
		set = walk->sets[walk->set];
		while (walk->riv < set->count) {
			riv = &set->rivs[walk->riv++];
			walk->path = rivet_riv_set_path(set, riv);
			walk->size = riv->size;
			cond_resched();
			if (!walk->path)
				walk->any_path++;
			else if (is_first(walk, set, riv, walk->path))
				return true;
		}
	}
	return false;
}

/**
 * rivet_verify_walk_find() - check whether a set lists a path
 * @walk: the walk
 * @path: absolute path
 * @size: set to the bytes that its first RIV names
 *
 * Context: any.
 * Return: true if so.
 */
bool rivet_verify_walk_find(const struct rivet_verify_walk *walk, const char *path, u64 *size)
{
	const struct rivet_riv *riv = find(walk, walk->count, path);

	if (riv)
		*size = riv->size;
	return riv;
}

/**
 * rivet_verify_walk_rewind() - go back to the beginning
 * @walk: the walk
 *
 * Context: any.
 */
void rivet_verify_walk_rewind(struct rivet_verify_walk *walk)
{
	walk->set = 0;
	walk->riv = 0;
	walk->any_path = 0;
}

/**
 * rivet_verify_walk_end() - release the sets
 * @walk: the walk
 *
 * Context: any.
 */
void rivet_verify_walk_end(struct rivet_verify_walk *walk)
{
	while (walk->count)
		rivet_riv_set_put(walk->sets[--walk->count]);
	kfree(walk->sets);
}
