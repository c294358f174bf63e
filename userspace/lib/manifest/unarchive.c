// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - reading the files in an archive, one after the other
 *
 * The content of each goes through a temporary file without a name, so that it is examined
 * as a file of a folder is. Nothing is written under a name that an archive chooses.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/manifest/libarchive.h"
#include "lib/manifest/unarchive.h"
#include "text/path.h"

#define BLOCK		(256 * 1024)
#define FILE_MAX	(4ULL << 30)	/* bytes; larger files are not verifiable */
#define TEMPORARY	"/var/tmp"

/**
 * struct reading - an archive being read
 * @unarchive: receivers
 * @lib: the library
 * @archive: its state
 * @name: of the archive, for errors
 * @fd: the temporary file
 */
struct reading {
	struct unarchive *unarchive;
	const struct libarchive *lib;
	struct archive *archive;
	const char *name;
	int fd;
};

static int refuse(const struct reading *r, const char *path, const char *why, struct err *err)
{
	return err_set(err, EXIT_CONFIG, NULL, "cannot read %s in %s: %s", err_name(path),
		       err_name(r->name), err_name(why));
}

static int report(const struct reading *r, struct err *err)
{
	const char *why = r->lib->error_string(r->archive);

	return err_set(err, EXIT_CONFIG, NULL, "cannot read %s: %s", err_name(r->name),
		       err_name(why ? why : "it is damaged"));
}

static int open_temporary(struct err *err)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	if (!folder || folder[0] != '/')
		folder = TEMPORARY;
	fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		err_set(err, EXIT_IO, "TMPDIR names another folder",
			"cannot make a temporary file in %s: %s", err_name(folder),
			strerror(errno));
	return fd;
}

static bool write_at(int fd, const char *bytes, size_t len, off_t at)
{
	ssize_t done;

	while (len) {
		done = pwrite(fd, bytes, len, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		len -= done;
		at += done;
	}
	return true;
}

/* What is sparse in the archive is sparse in the file. */
static int copy_content(struct reading *r, const char *path, struct err *err)
{
	const void *bytes;
	int64_t at, end = 0;
	size_t len;
	int ret;

	for (;;) {
		ret = r->lib->read_data_block(r->archive, &bytes, &len, &at);
		if (ret == LIBARCHIVE_EOF)
			break;
		if (ret != LIBARCHIVE_OK && ret != LIBARCHIVE_WARN)
			return report(r, err);
		if (at < 0 || (uint64_t)at > FILE_MAX || len > FILE_MAX - at)
			return refuse(r, path, "it is larger than 4 GiB", err);
		if (!write_at(r->fd, bytes, len, at))
			return err_set_io(err, "cannot unpack", path);
		if (at + (int64_t)len > end)
			end = at + len;
	}
	return ftruncate(r->fd, end) ? err_set_io(err, "cannot unpack", path) : EXIT_OK;
}

/* "./usr/bin/a", "usr/bin/a" and "/usr/bin/a" are the same. */
static int make_path(const struct reading *r, const char *name, char path[RIVET_PATH_MAX],
		     struct err *err)
{
	struct rivet_slice made = { .ptr = path };

	while (!strncmp(name, "./", 2) || *name == '/')
		name += *name == '/' ? 1 : 2;
	made.len = strlen(name) + 1;
	if (made.len >= RIVET_PATH_MAX)
		return refuse(r, name, "its name is too long", err);
	path[0] = '/';
	memcpy(path + 1, name, made.len);
	if (!rivet_path_is_canonical(made))
		return refuse(r, name, "its name has .. or is no path", err);
	return EXIT_OK;
}

static int take_file(struct reading *r, struct archive_entry *entry, const char *path,
		     struct err *err)
{
	int ret;

	if (ftruncate(r->fd, 0) || lseek(r->fd, 0, SEEK_SET))
		return err_set_io(err, "cannot unpack", path);
	ret = copy_content(r, path, err);
	/* The owner has to be able to read it; the x bits tell what it is. */
	if (!ret && fchmod(r->fd, (r->lib->entry_perm(entry) & 0111) | 0600))
		ret = err_set_io(err, "cannot unpack", path);
	return ret ? ret : r->unarchive->file(r->unarchive, path, r->fd, err);
}

/* Names are bytes; libarchive has those of some forms as UTF-8 only. */
static int take_entry(struct reading *r, struct archive_entry *entry, struct err *err)
{
	const char *name = r->lib->entry_pathname(entry), *link = r->lib->entry_hardlink(entry);
	char path[RIVET_PATH_MAX], target[RIVET_PATH_MAX];
	mode_t type;
	int ret;

	if (!name)
		name = r->lib->entry_pathname_utf8(entry);
	if (!link)
		link = r->lib->entry_hardlink_utf8(entry);
	if (!name)
		return refuse(r, "a file", "its name is damaged", err);
	type = r->lib->entry_filetype(entry);
	/* ar(1) may leave out the type. */
	if (!link && type && !S_ISREG(type))
		return EXIT_OK;
	ret = make_path(r, name, path, err);
	if (ret || !link)
		return ret ? ret : take_file(r, entry, path, err);
	ret = make_path(r, link, target, err);
	return ret ? ret : r->unarchive->link(r->unarchive, path, target, err);
}

static int take_entries(struct reading *r, struct err *err)
{
	struct archive_entry *entry;
	int ret = EXIT_OK, got;

	while (!ret) {
		got = r->lib->read_next_header(r->archive, &entry);
		if (got == LIBARCHIVE_EOF)
			return EXIT_OK;
		if (got != LIBARCHIVE_OK && got != LIBARCHIVE_WARN)
			return report(r, err);
		ret = take_entry(r, entry, err);
	}
	return ret;
}

/* Only forms that packages and images of root filesystems have. */
static void choose_forms(const struct reading *r, bool is_ar)
{
	if (is_ar) {
		r->lib->read_support_format_ar(r->archive);
		return;
	}
	r->lib->read_support_format_tar(r->archive);
	r->lib->read_support_filter_gzip(r->archive);
	r->lib->read_support_filter_xz(r->archive);
	r->lib->read_support_filter_zstd(r->archive);
	r->lib->read_support_filter_bzip2(r->archive);
	r->lib->read_support_filter_lz4(r->archive);
}

static int read_archive(struct reading *r, int fd, bool is_ar, struct err *err)
{
	choose_forms(r, is_ar);
	if (lseek(fd, 0, SEEK_SET))
		return err_set_io(err, "cannot read", r->name);
	if (r->lib->read_open_fd(r->archive, fd, BLOCK) != LIBARCHIVE_OK)
		return report(r, err);
	return take_entries(r, err);
}

/**
 * unarchive_read() - read all files in an archive
 * @unarchive: receivers of the files
 * @fd: the archive, open for reading; its position changes
 * @name: its name, for errors
 * @is_ar: it is an archive of ar(1), else one of tar(1)
 * @err: filled on error
 *
 * Context: one thread alone; @unarchive's receivers may read another archive.
 *
 * Return: EXIT_OK; EXIT_CONFIG if it is damaged, or libarchive is missing; or the exit status of
 * another error.
 */
int unarchive_read(struct unarchive *unarchive, int fd, const char *name, bool is_ar,
		   struct err *err)
{
	struct reading r = { .unarchive = unarchive, .name = name, .fd = -1 };
	int temporary, ret;

	r.lib = libarchive_load(err);
	if (!r.lib)
		return err->code;
	temporary = open_temporary(err);
	if (temporary < 0)
		return err->code;
	r.fd = temporary;
	r.archive = r.lib->read_new();
	if (r.archive)
		ret = read_archive(&r, fd, is_ar, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot read archives: out of memory");
	if (r.archive)
		r.lib->read_free(r.archive);
	close(temporary);
	return ret;
}
