// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - one file out of a Debian package
 *
 * A package is an archive of ar(1), deb(5) has the details, with a compressed tar archive in it.
 * Names in it are compared, never opened; nothing of it is run, and nothing else of it is used.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "deb.h"

#define STEP	(64 * 1024)

/**
 * struct deb - a package that is read
 * @package: its descriptor
 * @outer: the package
 * @inner: the archive of its files
 * @raw: bytes of @package that @outer is given
 * @part: bytes of @outer that @inner is given
 */
struct deb {
	int package;
	struct archive *outer;
	struct archive *inner;
	char raw[STEP];
	char part[STEP];
};

/* Return: whether @entry has this name, or one that begins so. */
static bool is_member(struct archive_entry *entry, const char *name, bool whole)
{
	const char *own = archive_entry_pathname(entry);

	return own && (whole ? !strcmp(own, name) : !strncmp(own, name, strlen(name)));
}

/* Libarchive's own function asks what kind of file it is, which a confined process may not. */
static la_ssize_t give_raw(struct archive *outer, void *arg, const void **bytes)
{
	struct deb *deb = arg;

	*bytes = deb->raw;
	return read(deb->package, deb->raw, sizeof(deb->raw));
}

static bool open_outer(struct deb *deb)
{
	struct archive_entry *entry;

	return archive_read_support_format_ar(deb->outer) == ARCHIVE_OK &&
	       archive_read_open(deb->outer, deb, NULL, give_raw, NULL) == ARCHIVE_OK &&
	       archive_read_next_header(deb->outer, &entry) == ARCHIVE_OK &&
	       is_member(entry, "debian-binary", true);
}

static bool find_data(struct deb *deb)
{
	struct archive_entry *entry;
	int member;

	for (member = 1; member < DEB_MEMBERS_MAX; member++) {
		if (archive_read_next_header(deb->outer, &entry) != ARCHIVE_OK)
			return false;
		if (is_member(entry, "data.tar", false))
			return true;
	}
	return false;
}

static la_ssize_t give_part(struct archive *inner, void *arg, const void **bytes)
{
	struct deb *deb = arg;

	*bytes = deb->part;
	return archive_read_data(deb->outer, deb->part, sizeof(deb->part));
}

/* The compressions of dpkg-deb(1); never one that runs a program. */
static bool open_inner(struct deb *deb)
{
	return archive_read_support_filter_xz(deb->inner) == ARCHIVE_OK &&
	       archive_read_support_filter_zstd(deb->inner) == ARCHIVE_OK &&
	       archive_read_support_filter_gzip(deb->inner) == ARCHIVE_OK &&
	       archive_read_support_format_tar(deb->inner) == ARCHIVE_OK &&
	       archive_read_open(deb->inner, deb, NULL, give_part, NULL) == ARCHIVE_OK;
}

static const char *without_root(const char *path)
{
	if (path[0] == '.' && path[1] == '/')
		path++;
	while (*path == '/')
		path++;
	return path;
}

/* Packages from before the merge of /usr have files in /bin, /lib and /sbin. */
static bool is_same_place(const char *member, const char *path)
{
	member = without_root(member);
	path = without_root(path);
	if (!strcmp(member, path))
		return true;
	if (strncmp(path, "usr/", 4))
		return false;
	path += 4;
	return (!strncmp(path, "bin/", 4) || !strncmp(path, "sbin/", 5) ||
		!strncmp(path, "lib", 3)) && !strcmp(member, path);
}

static bool is_wanted(struct archive_entry *entry, const char *path)
{
	const char *name = archive_entry_pathname(entry);

	return name && archive_entry_filetype(entry) == AE_IFREG &&
	       !archive_entry_hardlink(entry) && is_same_place(name, path);
}

static enum deb_result find_file(struct deb *deb, const char *path)
{
	struct archive_entry *entry;
	int files, status;

	for (files = 0; files < DEB_FILES_MAX; files++) {
		status = archive_read_next_header(deb->inner, &entry);
		if (status == ARCHIVE_EOF)
			return DEB_ABSENT;
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			return DEB_DAMAGED;
		if (is_wanted(entry, path))
			return archive_entry_size(entry) > DEB_BYTES_MAX ? DEB_TOO_LARGE :
									   DEB_COPIED;
	}
	return DEB_TOO_LARGE;
}

static bool write_all(int to, const char *bytes, size_t len)
{
	ssize_t done;

	for (; len; bytes += done, len -= done) {
		done = write(to, bytes, len);
		if (done <= 0)
			return false;
	}
	return true;
}

static enum deb_result copy_file(struct deb *deb, int to)
{
	const char mark = DEB_MARK;
	long long total = 0;
	char step[STEP];
	la_ssize_t got;

	if (!write_all(to, &mark, 1))
		return DEB_UNWRITTEN;
	while ((got = archive_read_data(deb->inner, step, sizeof(step))) > 0) {
		total += got;
		if (total > DEB_BYTES_MAX)
			return DEB_TOO_LARGE;
		if (!write_all(to, step, got))
			return DEB_UNWRITTEN;
	}
	return got < 0 ? DEB_DAMAGED : DEB_COPIED;
}

static enum deb_result look(struct deb *deb, const char *path, int to)
{
	enum deb_result result;

	if (!open_outer(deb) || !find_data(deb) || !open_inner(deb))
		return DEB_DAMAGED;
	result = find_file(deb, path);
	return result == DEB_COPIED ? copy_file(deb, to) : result;
}

/**
 * deb_copy() - write the bytes of a file in a package
 * @package: descriptor of the package, at its beginning
 * @path: the file, absolute, as it is on the machine
 * @to: descriptor that DEB_MARK is written to when the file was found, and then its bytes
 *
 * To be called in a confined process: the package may have been made to exploit the reader.
 *
 * Return: the outcome. Unless it is DEB_COPIED, the bytes that were written are not all of them.
 */
enum deb_result deb_copy(int package, const char *path, int to)
{
	enum deb_result result = DEB_TOO_LARGE;
	struct deb *deb = calloc(1, sizeof(*deb));

	if (!deb)
		return result;
	deb->package = package;
	deb->outer = archive_read_new();
	deb->inner = archive_read_new();
	if (deb->outer && deb->inner)
		result = look(deb, path, to);
	archive_read_free(deb->inner);
	archive_read_free(deb->outer);
	free(deb);
	return result;
}
