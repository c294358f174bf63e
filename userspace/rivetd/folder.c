// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the folder of a file, made if missing
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"

#define FOLDER_MODE 0700

/**
 * folder_make() - make the folder of a file
 * @path: absolute path of the file; only the last folder is made
 *
 * Return: 0 or -errno.
 */
int folder_make(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int ret = 0;

	if (!slash || slash == path)
		return 0;
	folder = strndup(path, slash - path);
	if (!folder)
		return -ENOMEM;
	if (mkdir(folder, FOLDER_MODE) && errno != EEXIST)
		ret = -errno;
	free(folder);
	return ret;
}
