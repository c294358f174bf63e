// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the folder of a file, made if missing
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "group.h"

#define FOLDER_MODE	0700
#define SHARED_MODE	0750
#define OWN_NAME	"rivet"	/* all folders of this name are the agent's */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path ? strndup(path, slash - path) : NULL;
}

static bool has_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path;
}

/**
 * folder_make() - make the folder of a file
 * @path: absolute path of the file; only the last folder is made
 *
 * Return: 0 or -errno.
 */
int folder_make(const char *path)
{
	char *folder;
	int ret = 0;

	if (!has_folder(path))
		return 0;
	folder = folder_of(path);
	if (!folder)
		return -ENOMEM;
	if (mkdir(folder, FOLDER_MODE) && errno != EEXIST)
		ret = -errno;
	free(folder);
	return ret;
}

/* A folder that is the operator's, as /root, stays as it is. */
static void share(const char *folder, bool is_new)
{
	const char *name = strrchr(folder, '/') + 1;
	struct stat st;
	int fd;

	if (!is_new && strcmp(name, OWN_NAME))
		return;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	/* A folder that is open to all is open to the group. */
	if (!fstat(fd, &st) && !(st.st_mode & 0007))
		group_share(fd, SHARED_MODE);
	close(fd);
}

/**
 * folder_make_shared() - make the folder of a file that the group may read
 * @path: absolute path of the file; only the last folder is made
 *
 * A folder that cannot be given to the group is for root alone.
 *
 * Return: 0 or -errno.
 */
int folder_make_shared(const char *path)
{
	char *folder = folder_of(path);
	bool is_new = folder && access(folder, F_OK);
	int ret = folder_make(path);

	if (!ret && folder && group_is_there())
		share(folder, is_new);
	free(folder);
	return ret;
}
