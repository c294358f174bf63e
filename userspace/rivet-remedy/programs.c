// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - further remedies: the programs of a folder
 *
 * A folder that others than root can write to has none: they could rename the programs in it.
 */
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

static int is_own(const char *folder)
{
	struct stat st;

	return !lstat(folder, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 022);
}

/**
 * programs_open() - list the programs
 * @programs: filled
 * @folder: the folder; empty for none. Stays the caller's
 */
void programs_open(struct programs *programs, const char *folder)
{
	memset(programs, 0, sizeof(*programs));
	programs->folder = folder;
	if (*folder && is_own(folder))
		programs->count = scandir(folder, &programs->names, is_program, alphasort);
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
