/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - sets of paths
 */
#ifndef RIVET_PATH_SET_H
#define RIVET_PATH_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/file.h"

/**
 * struct path_set - a hash table of strings; all zero is the empty set
 * @text: copies of the paths, each with a NUL after it
 * @slots: offset in @text and 1 more, 0 where there is none
 * @count: paths in it
 * @size: number of @slots, a power of two, at least twice @count
 */
struct path_set {
	struct buffer text;
	size_t *slots;
	size_t count;
	size_t size;
};

int path_set_add(struct path_set *set, const char *path);
bool path_set_has(const struct path_set *set, const char *path);
void path_set_free(struct path_set *set);

#endif /* RIVET_PATH_SET_H */
