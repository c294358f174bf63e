// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - where good content comes from
 *
 * No source is trusted: a RIV decides whether its bytes belong there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages.h"
#include "source.h"

static int from_fd(struct restore *restore, int fd, const char *name, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(err, EXIT_CONFIG, NULL, "%s is no regular file", err_name(name));
	restore->source = fd;
	return restore_file(restore, err);
}

/* The same path below the reference tree. */
static int from_reference(const char *reference, struct restore *restore, struct err *err)
{
	int tree = open(reference, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, ret;

	if (tree < 0)
		return err_set_io(err, "cannot open the reference tree", reference);
	fd = restore_open(tree, restore->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	close(tree);
	if (fd < 0)
		return err_set(err, EXIT_CONFIG, NULL, "the reference tree %s has no %s: %s",
			       err_name(reference), err_name(restore->path), strerror(errno));
	ret = from_fd(restore, fd, restore->path, err);
	close(fd);
	return ret;
}

static int join(const struct err *first, struct err *err)
{
	struct err last = *err;

	return err_set(err, last.code, last.next, "%s; %s", first->text, last.text);
}

/**
 * source_restore() - restore a file from a source of good content
 * @settings: the sources
 * @restore: the file; @restore->source is set here
 * @err: filled on error: of each source
 *
 * Return: EXIT_OK; EXIT_NOTHING if no source is configured; or the exit status of the error.
 */
int source_restore(const struct settings *settings, struct restore *restore, struct err *err)
{
	int ret = err_set(err, EXIT_NOTHING, "set reference or packages in " SETTINGS_FILE,
			  "no source of good files is configured");
	struct err first = { 0 };

	if (*settings->reference)
		ret = from_reference(settings->reference, restore, err);
	if (!ret || !*settings->packages)
		return ret;
	if (*settings->reference)
		first = *err;
	ret = packages_restore(settings->packages, settings->limit, restore, err);
	return ret && first.code ? join(&first, err) : ret;
}
