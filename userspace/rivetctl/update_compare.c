// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - is each file as the set of an update lists it?
 *
 * A path that does not exist is no fault: a set may be for several gateways. With several lines,
 * one of them has to fit.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/manifest/manifest.h"
#include "update.h"

/**
 * struct lines - the lines of a path
 * @path: as written; length 0 before the first
 * @is_there: the file exists
 * @fits: a line has its digest
 * @is: its digests
 */
struct lines {
	struct rivet_slice path;
	bool is_there;
	bool fits;
	struct measurement is;
};

static int measure(const char *path, struct measurement *is, bool *is_there, struct err *err)
{
	struct measurer *measurer;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), ret;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? EXIT_OK :
			err_set_io(err, "cannot read", path);
	measurer = measurer_new(MEASURE_VERITY);
	ret = measurer ? measurer_fd(measurer, fd, path, is, err) :
		err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	measurer_free(measurer);
	close(fd);
	*is_there = !ret;
	return ret;
}

/**
 * update_measure() - measure the file that a line of a set names
 * @path: as written in the set
 * @is: its digests
 * @is_there: false if there is no such file, or the line is for any path
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int update_measure(struct rivet_slice path, struct measurement *is, bool *is_there,
		   struct err *err)
{
	char name[RIVET_PATH_MAX];

	*is_there = false;
	if (rivet_manifest_any_path(path) || rivet_path_unescape(path, name, sizeof(name)) < 0)
		return EXIT_OK;
	return measure(name, is, is_there, err);
}

static int begin(struct lines *lines, struct rivet_slice path, struct err *err)
{
	*lines = (struct lines){ .path = path };
	return update_measure(path, &lines->is, &lines->is_there, err);
}

static int end(const struct lines *lines, size_t *present, struct err *err)
{
	char shown[MANIFEST_SHOWN_PATH_MAX];

	if (!lines->is_there)
		return EXIT_OK;
	(*present)++;
	if (lines->fits)
		return EXIT_OK;
	return err_set(err, EXIT_DENIED,
		       "finish the upgrade, then commit; or: rivetctl manifest abort",
		       "%.700s is not as the new set lists it",
		       manifest_shown_path(lines->path, shown));
}

/**
 * update_compare() - compare the files of this machine with a set
 * @file: the set
 * @m: the same, read up to its first entry
 * @present: number of its files that are there
 * @err: filled on error; names the first file that differs
 *
 * Return: EXIT_OK; EXIT_DENIED if a file differs; or the exit status of the error.
 */
int update_compare(const struct object_file *file, struct rivet_manifest *m, size_t *present,
		   struct err *err)
{
	struct rivet_manifest_entry entry;
	struct lines lines = { 0 };
	int ret;

	*present = 0;
	while (!(ret = object_next_entry(file, m, &entry, err))) {
		if (!rivet_slice_same(entry.path, lines.path)) {
			ret = end(&lines, present, err);
			if (!ret)
				ret = begin(&lines, entry.path, err);
			if (ret)
				return ret;
		}
		lines.fits |= rivet_digest_equal(&entry.digest, &lines.is.whole) ||
			      rivet_digest_equal(&entry.digest, &lines.is.verity);
	}
	return ret == EXIT_NOTHING ? end(&lines, present, err) : ret;
}
