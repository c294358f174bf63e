// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - walking files below a root folder, without ever leaving it
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kernel.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/manifest/walk.h"

#define LINKS_MAX	40	/* that one path may lead through, as in the kernel */
#define OPEN_FOLDER	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_FILE	(O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

#ifndef TRACEFS_MAGIC
#define TRACEFS_MAGIC 0x74726163
#endif

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot walk: out of memory");
}

static const char *shown(const char *path)
{
	return *path ? path : "/";
}

/* What the kernel makes up; nothing on it can be listed ahead of time. */
static bool is_made_up(int fd)
{
	static const unsigned int magics[] = {
		PROC_SUPER_MAGIC, SYSFS_MAGIC, DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		SECURITYFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, BPF_FS_MAGIC,
		PSTOREFS_MAGIC, EFIVARFS_MAGIC, SELINUX_MAGIC, HUGETLBFS_MAGIC, BINFMTFS_MAGIC,
	};
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs))
		return false;
	for (i = 0; i < ARRAY_SIZE(magics); i++) {
		if ((unsigned int)fs.f_type == magics[i])
			return true;
	}
	return false;
}

/* Open one component after the other, so that none can be a link. */
static int open_folder(const struct walk *walk, const char *path)
{
	int fd = openat(walk->root, ".", OPEN_FOLDER), next;
	char name[NAME_MAX + 1];
	size_t len;

	while (fd >= 0 && *path) {
		path++;
		len = strcspn(path, "/");
		if (len > NAME_MAX) {
			close(fd);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		next = openat(fd, name, OPEN_FOLDER);
		close(fd);
		fd = next;
		path += len;
	}
	return fd;
}

/* The folder that the last component of @path is in; @name becomes that component. */
static int open_parent(const struct walk *walk, const char *path, const char **name)
{
	char parent[RIVET_PATH_MAX];
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	memcpy(parent, path, slash - path);
	parent[slash - path] = '\0';
	return open_folder(walk, parent);
}

/**
 * struct route - a path on its way to becoming a real one
 * @real: what is resolved, no links in it, "" for the root
 * @rest: what is not
 * @links: links followed so far
 */
struct route {
	char real[RIVET_PATH_MAX];
	char rest[2 * RIVET_PATH_MAX];
	int links;
};

static void go_up(char *real)
{
	char *slash = strrchr(real, '/');

	if (slash)
		*slash = '\0';
}

/* Take the first component off @rest; false at its end. */
static bool next_component(char *rest, char name[NAME_MAX + 1])
{
	size_t skip = strspn(rest, "/"), len = strcspn(rest + skip, "/");
	size_t kept = len > NAME_MAX ? NAME_MAX : len;

	memcpy(name, rest + skip, kept);
	name[kept] = '\0';
	memmove(rest, rest + skip + len, strlen(rest + skip + len) + 1);
	return len;
}

static bool append(char *real, const char *name)
{
	size_t len = strlen(real), name_len = strlen(name);

	if (len + 1 + name_len >= RIVET_PATH_MAX)
		return false;
	real[len] = '/';
	memcpy(real + len + 1, name, name_len + 1);
	return true;
}

/* Put what a link says in front of the rest. */
static int follow(struct route *route, const char *target, size_t len)
{
	size_t rest_len = strlen(route->rest);

	if (++route->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (!len || len + 1 + rest_len >= sizeof(route->rest)) {
		errno = len ? ENAMETOOLONG : ENOENT;
		return -1;
	}
	if (target[0] == '/')
		route->real[0] = '\0';
	memmove(route->rest + len + 1, route->rest, rest_len + 1);
	memcpy(route->rest, target, len);
	route->rest[len] = '/';
	return 0;
}

static int step(const struct walk *walk, struct route *route, const char *name)
{
	char target[RIVET_PATH_MAX];
	struct stat st;
	ssize_t len;
	int fd;

	fd = open_folder(walk, route->real);
	if (fd < 0)
		return -1;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW)) {
		close(fd);
		return -1;
	}
	len = S_ISLNK(st.st_mode) ? readlinkat(fd, name, target, sizeof(target)) : 0;
	close(fd);
	if (len < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow(route, target, len);
	if (append(route->real, name))
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

static int resolve(const struct walk *walk, const char *path, char real[RIVET_PATH_MAX])
{
	struct route route = { 0 };
	char name[NAME_MAX + 1];

	if (strlen(path) >= RIVET_PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(route.rest, path, strlen(path) + 1);
	while (next_component(route.rest, name)) {
		if (!strcmp(name, "."))
			continue;
		if (!strcmp(name, ".."))
			go_up(route.real);
		else if (step(walk, &route, name))
			return -1;
	}
	memcpy(real, route.real, sizeof(route.real));
	return 0;
}

/**
 * walk_resolve() - the real path inside the root of what a path leads to
 * @walk: begun
 * @path: absolute inside the root
 * @real: the real path; "" for the root itself
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int walk_resolve(struct walk *walk, const char *path, char real[RIVET_PATH_MAX],
		 struct err *err)
{
	if (!resolve(walk, path, real))
		return EXIT_OK;
	return err_set_io(err, "cannot find", path);
}

static int push(struct walk_path **list, const char *folder, const char *name, struct err *err)
{
	size_t folder_len = strlen(folder), name_len = strlen(name);
	struct walk_path *new = malloc(sizeof(*new) + folder_len + name_len + 2);

	if (!new)
		return no_memory(err);
	memcpy(new->path, folder, folder_len);
	new->path[folder_len] = '/';
	memcpy(new->path + folder_len + 1, name, name_len + 1);
	if (!name_len)
		new->path[folder_len] = '\0';
	new->next = *list;
	*list = new;
	return EXIT_OK;
}

/* Anything but a regular file, a device for instance, is passed over. */
static int visit_file(struct walk *walk, int folder, const char *name, const char *path, bool named,
		      struct err *err)
{
	struct stat st;
	int fd, ret;

	fd = openat(folder, name, OPEN_FILE);
	if (fd < 0)
		return err_set_io(err, "cannot read", path);
	if (fstat(fd, &st))
		ret = err_set_io(err, "cannot read", path);
	else if (S_ISREG(st.st_mode))
		ret = walk->file(walk, fd, path, named, err);
	else
		ret = EXIT_OK;
	close(fd);
	return ret;
}

static int visit_entry(struct walk *walk, int folder, const char *folder_path, const char *name,
		       struct err *err)
{
	char path[RIVET_PATH_MAX + NAME_MAX + 1];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", folder_path, name) >= RIVET_PATH_MAX) {
		errno = ENAMETOOLONG;
		return err_set_io(err, "cannot read", path);
	}
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_set_io(err, "cannot read", path);
	if (S_ISDIR(st.st_mode))
		return push(&walk->queue, folder_path, name, err);
	if (S_ISLNK(st.st_mode))
		return push(&walk->links, folder_path, name, err);
	if (S_ISREG(st.st_mode))
		return visit_file(walk, folder, name, path, false, err);
	return EXIT_OK;
}

static int visit_entries(struct walk *walk, DIR *dir, const char *path, struct err *err)
{
	struct dirent *entry;
	int ret = EXIT_OK;

	while (!ret) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return errno ? err_set_io(err, "cannot read", shown(path)) : EXIT_OK;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		ret = visit_entry(walk, dirfd(dir), path, entry->d_name, err);
	}
	return ret;
}

static int visit_folder(struct walk *walk, const char *path, struct err *err)
{
	int fd, ret;
	DIR *dir;

	ret = path_set_add(&walk->folders, path);
	if (ret <= 0)
		return ret ? no_memory(err) : EXIT_OK;
	fd = open_folder(walk, path);
	if (fd < 0)
		return err_set_io(err, "cannot read", shown(path));
	if (is_made_up(fd)) {
		close(fd);
		return EXIT_OK;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return no_memory(err);
	}
	ret = visit_entries(walk, dir, path, err);
	closedir(dir);
	return ret;
}

static int visit_queue(struct walk *walk, struct err *err)
{
	struct walk_path *first;
	int ret = EXIT_OK;

	while (!ret && walk->queue) {
		first = walk->queue;
		walk->queue = first->next;
		ret = visit_folder(walk, first->path, err);
		free(first);
	}
	return ret;
}

static int visit_named_file(struct walk *walk, const char *path, struct err *err)
{
	const char *name;
	int folder, ret;

	folder = open_parent(walk, path, &name);
	if (folder < 0)
		return err_set_io(err, "cannot read", path);
	ret = visit_file(walk, folder, name, path, true, err);
	close(folder);
	return ret;
}

static int stat_real(struct walk *walk, const char *path, struct stat *st)
{
	const char *name;
	int folder, ret;

	if (!*path)
		return fstat(walk->root, st);
	folder = open_parent(walk, path, &name);
	if (folder < 0)
		return -1;
	ret = fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW);
	close(folder);
	return ret;
}

/**
 * walk_begin() - open the root folder
 * @walk: its @file and @link set; walk_end() it, also on error
 * @root: the folder
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int walk_begin(struct walk *walk, const char *root, struct err *err)
{
	memset(&walk->folders, 0, sizeof(walk->folders));
	walk->queue = NULL;
	walk->links = NULL;
	walk->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (walk->root < 0)
		return err_set_io(err, "cannot read", root);
	return EXIT_OK;
}

/**
 * walk_add() - visit a file, or a folder and all that is below it
 * @walk: begun
 * @path: absolute inside the root; links in it are followed there
 * @err: filled on error
 *
 * Links found in folders are not followed, walk_links() shows them. Filesystems
 * that the kernel makes up, such as /proc, are passed over.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int walk_add(struct walk *walk, const char *path, struct err *err)
{
	char real[RIVET_PATH_MAX];
	struct stat st;
	int ret;

	ret = walk_resolve(walk, path, real, err);
	if (ret)
		return ret;
	if (stat_real(walk, real, &st))
		return err_set_io(err, "cannot read", path);
	if (S_ISREG(st.st_mode))
		return visit_named_file(walk, real, err);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, EXIT_CONFIG, NULL,
			       "cannot list %s: neither a file nor a folder", err_name(path));
	ret = push(&walk->queue, real, "", err);
	return ret ? ret : visit_queue(walk, err);
}

static int visit_link(struct walk *walk, const char *path, struct err *err)
{
	char target[RIVET_PATH_MAX];
	int folder, fd, ret = EXIT_OK;
	const char *name;
	struct stat st;

	/* One that leads nowhere, or to a folder, is nothing that runs. */
	if (resolve(walk, path, target) || !*target)
		return EXIT_OK;
	folder = open_parent(walk, target, &name);
	if (folder < 0)
		return EXIT_OK;
	fd = fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ?
		-1 : openat(folder, name, OPEN_FILE);
	close(folder);
	if (fd < 0)
		return EXIT_OK;
	ret = walk->link(walk, fd, path, target, err);
	close(fd);
	return ret;
}

/**
 * walk_links() - show the links that were found in folders and lead to files
 * @walk: all paths added, its @link set
 * @err: filled on error
 *
 * Return: EXIT_OK, or what @link returned else.
 */
int walk_links(struct walk *walk, struct err *err)
{
	struct walk_path *at;
	int ret = EXIT_OK;

	for (at = walk->links; at && !ret; at = at->next)
		ret = visit_link(walk, at->path, err);
	return ret;
}

static void free_list(struct walk_path *list)
{
	struct walk_path *next;

	for (; list; list = next) {
		next = list->next;
		free(list);
	}
}

/**
 * walk_end() - close and release everything
 * @walk: begun, or failed to
 */
void walk_end(struct walk *walk)
{
	path_set_free(&walk->folders);
	free_list(walk->queue);
	free_list(walk->links);
	if (walk->root >= 0)
		close(walk->root);
}
