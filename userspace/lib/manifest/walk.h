/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - walking files below a root folder, without ever leaving it
 *
 * The folder is treated as /: links in it that begin with / start there, and
 * ".." never leads out. Paths are real paths inside it, each component a folder
 * and none a link, as the kernel of the gateway will see them. No component of
 * a path is ever opened through a link.
 */
#ifndef RIVET_WALK_H
#define RIVET_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/path_set.h"
#include "object/manifest.h"

/**
 * struct walk - a walk; to be embedded
 * @file: called for every regular file, once for each time it is named and at most
 *	once when found in folders: @path is its real path inside the root, @st its
 *	state, @named is true if it was asked for by name. walk_open() opens it.
 *	Returns EXIT_OK, or a status that ends the walk.
 * @link: called by walk_links() for every link that was found in a folder and
 *	leads to a regular file: @path is the link, @target the real path of
 *	that file, which is open as @fd. Returns as @file does.
 * @root: the root folder
 * @folders: paths of the folders walked
 * @queue: folders found and not walked yet
 * @links: symbolic links found in folders
 */
struct walk {
	int (*file)(struct walk *walk, const char *path, const struct stat *st, bool named,
		    struct err *err);
	int (*link)(struct walk *walk, int fd, const char *path, const char *target,
		    struct err *err);
	/* private: */
	int root;
	struct path_set folders;
	struct walk_path *queue;
	struct walk_path *links;
};

/**
 * struct walk_path - a list of paths
 * @next: the next one
 * @path: the path
 */
struct walk_path {
	struct walk_path *next;
	char path[];
};

int walk_begin(struct walk *walk, const char *root, struct err *err);
int walk_add(struct walk *walk, const char *path, struct err *err);
int walk_resolve(struct walk *walk, const char *path, char real[RIVET_PATH_MAX],
		 struct err *err);
int walk_open(const struct walk *walk, const char *path, struct err *err);
int walk_links(struct walk *walk, struct err *err);
void walk_end(struct walk *walk);

#endif /* RIVET_WALK_H */
