// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - further remedies: the programs of a folder
 *
 * A folder that others than root can write to has none: they could rename the programs in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "programs.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/* As run-parts(8): leftovers of editors and package managers have other names. */
static int is_program(const struct dirent *entry)
{
	return *entry->d_name && !entry->d_name[strspn(entry->d_name, LETTERS)];
}

/* Return: EXIT_OK; EXIT_NOTHING if there is none; or the exit status of an error. */
static int check_folder(const char *folder, struct err *err)
{
	struct stat st;

	if (lstat(folder, &st))
		return errno == ENOENT ? EXIT_NOTHING : err_set_io(err, "cannot examine", folder);
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return EXIT_OK;
	return err_set(err, EXIT_CONFIG, "chown root and chmod go-w it",
		       "no program of %s is run: it is not a folder of root's that others cannot write",
		       err_name(folder));
}

/**
 * programs_open() - list the programs
 * @programs: filled
 * @folder: the folder; empty for none. Stays the caller's
 * @err: filled on error
 *
 * Return: EXIT_OK, also if there is no such folder; or the exit status of the error, with an
 * empty list.
 */
int programs_open(struct programs *programs, const char *folder, struct err *err)
{
	int ret;

	memset(programs, 0, sizeof(*programs));
	programs->folder = folder;
	if (!*folder)
		return EXIT_OK;
	ret = check_folder(folder, err);
	if (ret)
		return ret == EXIT_NOTHING ? EXIT_OK : ret;
	programs->count = scandir(folder, &programs->names, is_program, alphasort);
	return programs->count < 0 ? err_set_io(err, "cannot list", folder) : EXIT_OK;
}

/**
 * programs_next() - the next program
 * @programs: the programs
 *
 * Return: its path, until the next call; NULL at the end.
 */
const char *programs_next(struct programs *programs)
{
	if (programs->next >= programs->count)
		return NULL;
	if (snprintf(programs->path, sizeof(programs->path), "%s/%s", programs->folder,
		     programs->names[programs->next++]->d_name) >= PATH_MAX)
		return NULL;
	return programs->path;
}

/**
 * programs_close() - release the list
 * @programs: the programs
 */
void programs_close(struct programs *programs)
{
	int i;

	for (i = 0; i < programs->count; i++)
		free(programs->names[i]);
	free(programs->names);
}
