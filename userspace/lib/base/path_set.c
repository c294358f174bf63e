// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - sets of paths
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/path_set.h"

#define FIRST_SIZE 64

/* FNV-1a */
static size_t hash(const char *path)
{
	uint64_t value = 0xcbf29ce484222325u;

	while (*path)
		value = (value ^ (unsigned char)*path++) * 0x100000001b3u;
	return value ^ value >> 32;
}

/* The slot of @path, or the free slot where it belongs. */
static size_t *find_slot(const struct path_set *set, const char *path)
{
	size_t at = hash(path) & (set->size - 1);

	while (set->slots[at] && strcmp(set->text.data + set->slots[at] - 1, path))
		at = (at + 1) & (set->size - 1);
	return set->slots + at;
}

static bool grow(struct path_set *set)
{
	struct path_set new = *set;
	size_t i;

	new.size = set->size ? 2 * set->size : FIRST_SIZE;
	new.slots = calloc(new.size, sizeof(*new.slots));
	if (!new.slots)
		return false;
	for (i = 0; i < set->size; i++) {
		if (set->slots[i])
			*find_slot(&new, set->text.data + set->slots[i] - 1) = set->slots[i];
	}
	free(set->slots);
	*set = new;
	return true;
}

/**
 * path_set_add() - put a path into a set
 * @set: the set; release it with path_set_free()
 * @path: copied
 *
 * Return: 1 if it is new in the set, 0 if not, -ENOMEM.
 */
int path_set_add(struct path_set *set, const char *path)
{
	size_t *slot, offset = set->text.len;

	if (2 * (set->count + 1) > set->size && !grow(set))
		return -ENOMEM;
	slot = find_slot(set, path);
	if (*slot)
		return 0;
	buffer_add(&set->text, path, strlen(path) + 1);
	if (set->text.failed)
		return -ENOMEM;
	*slot = offset + 1;
	set->count++;
	return 1;
}

/**
 * path_set_has() - is a path in a set?
 * @set: the set
 * @path: the path
 *
 * Return: true if so.
 */
bool path_set_has(const struct path_set *set, const char *path)
{
	return set->size && *find_slot(set, path);
}

/**
 * path_set_free() - release a set
 * @set: empty afterwards
 */
void path_set_free(struct path_set *set)
{
	buffer_free(&set->text);
	free(set->slots);
	memset(set, 0, sizeof(*set));
}
