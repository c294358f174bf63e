// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the folder of the evidence
 *
 * A copy and its record are made in a folder of a fixed name, which the next attempt removes if
 * a crash left it. That gets its own name when both are on the disk: so there is all of a piece
 * of evidence, or nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/durable.h"
#include "lib/base/file.h"
#include "lib/event/evidence.h"
#include "lib/manifest/measure.h"
#include "record.h"
#include "store.h"

#define BESIDE		".new"
#define STEP		(64 * 1024)
#define RECORD_BYTES	(64 * 1024)	/* that a record and the folders count for */
#define DISK_LEFT	(16ULL << 20)	/* bytes of the disk that are left free, at least; and */
#define DISK_SHARE	4		/* one of so many parts of it */

/**
 * struct store - the folder, and the file that is to be kept there
 * @path: the folder
 * @dir: its descriptor
 * @beside: descriptor of the folder in it that a piece is made in
 * @max: bytes
 * @entry: the entry of the quarantine list
 * @file: descriptor of its file
 * @st: attributes of @file
 * @is_other: the copy has other bytes than those that failed
 */
struct store {
	const char *path;
	int dir;
	int beside;
	uint64_t max;
	const struct rivet_quarantined *entry;
	int file;
	struct stat st;
	bool is_other;
};

static int fail(const struct store *store, struct err *err)
{
	return err_set_io(err, "cannot write evidence to", store->path);
}

static bool is_piece(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static uint64_t size_of(int dir, const char *name)
{
	char path[NAME_MAX + sizeof("/" EVIDENCE_CONTENT)];
	struct stat st;

	snprintf(path, sizeof(path), "%s/" EVIDENCE_CONTENT, name);
	return RECORD_BYTES + (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_size);
}

/* Return: 0, or -1 with errno set. */
static int sum_up(const struct store *store, unsigned int *files, uint64_t *bytes)
{
	int fd = openat(store->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return -1;
	*files = 0;
	*bytes = 0;
	while ((entry = readdir(dir))) {
		if (!is_piece(entry))
			continue;
		++*files;
		*bytes += size_of(store->dir, entry->d_name);
	}
	closedir(dir);
	return 0;
}

/* Users but root fill no more than their part, so that there is room for files of root. */
static int check_room(const struct store *store, struct err *err)
{
	const unsigned int share = store->entry->uid ? STORE_SHARE : 1;
	unsigned int files;
	uint64_t bytes;

	if (sum_up(store, &files, &bytes))
		return err_set_io(err, "cannot look through", store->path);
	if (files < STORE_FILES_MAX / share &&
	    bytes + RECORD_BYTES + store->st.st_size <= store->max / share)
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL,
		       "%s has no room for it: %u files, %llu bytes%s; remove those that nobody needs, or raise evidence-max",
		       err_name(store->path), files, (unsigned long long)bytes,
		       share > 1 ? ", of which users but root fill half" : "");
}

/*
 * The log, the quarantine list and the isolation are saved on the same disk, as a rule. One of
 * unknown size, a ramfs, has as much as there is memory.
 */
static int check_disk(const struct store *store, struct err *err)
{
	uint64_t all, free, left;
	struct statvfs fs;

	if (fstatvfs(store->dir, &fs))
		return err_set_io(err, "cannot look at the disk of", store->path);
	all = (uint64_t)fs.f_blocks * fs.f_frsize;
	free = (uint64_t)fs.f_bavail * fs.f_frsize;
	left = all / DISK_SHARE > DISK_LEFT ? all / DISK_SHARE : DISK_LEFT;
	if (!all || free >= left + RECORD_BYTES + store->st.st_size)
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL,
		       "the disk of %s would be too full with it: %llu bytes are free, and %llu are left to others; remove evidence that nobody needs",
		       err_name(store->path), (unsigned long long)free, (unsigned long long)left);
}

/* The kernel holds no larger one, but it may have grown. */
static int check_size(const struct store *store, struct err *err)
{
	if ((uint64_t)store->st.st_size <= STORE_FILE_MAX)
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL, "it has %lld bytes by now, of %llu at most",
		       (long long)store->st.st_size, STORE_FILE_MAX);
}

static int remove_beside(const struct store *store)
{
	static const char *const files[] = {
		BESIDE "/" EVIDENCE_CONTENT, BESIDE "/" EVIDENCE_RECORD,
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (unlinkat(store->dir, files[i], 0) && errno != ENOENT)
			return -1;
	}
	return unlinkat(store->dir, BESIDE, AT_REMOVEDIR) && errno != ENOENT ? -1 : 0;
}

static int make_file(const struct store *store, const char *name)
{
	return openat(store->beside, name,
		      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* A task that can still write to the file makes it no longer than it was. */
static int copy_to(const struct store *store, int to, struct err *err)
{
	static char step[STEP];
	off_t done = 0;
	ssize_t got;

	while (done < store->st.st_size) {
		got = pread(store->file, step, sizeof(step), done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, EXIT_IO, NULL, "cannot read the file: %s",
				       strerror(errno));
		if (!got)
			break;
		if (file_write_all(to, store->path, step, got, err))
			return err->code;
		done += got;
	}
	return fsync(to) ? fail(store, err) : EXIT_OK;
}

/* Verity digests, too, are computed from the bytes of the copy. */
static int write_content(struct store *store, struct err *err)
{
	int to = make_file(store, EVIDENCE_CONTENT), ret;
	bool is_same = false;

	if (to < 0)
		return fail(store, err);
	ret = copy_to(store, to, err);
	if (!ret)
		ret = measure_compare(to, store->path, &store->entry->digest, &is_same, err);
	store->is_other = !is_same;
	if (close(to) && !ret)
		ret = fail(store, err);
	return ret;
}

static int write_record(const struct store *store, struct err *err)
{
	int to = make_file(store, EVIDENCE_RECORD), ret;
	size_t len;
	char *text;

	if (to < 0)
		return fail(store, err);
	text = record_make(store->entry, store->file, &store->st, &len);
	if (text)
		ret = file_write_all(to, store->path, text, len, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot write a record: out of memory");
	free(text);
	if (!ret && fsync(to))
		ret = fail(store, err);
	if (close(to) && !ret)
		ret = fail(store, err);
	return ret;
}

static int make_piece(struct store *store, struct err *err)
{
	int ret;

	if (remove_beside(store) || mkdirat(store->dir, BESIDE, 0700))
		return fail(store, err);
	store->beside = openat(store->dir, BESIDE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store->beside < 0)
		return fail(store, err);
	ret = write_content(store, err);
	if (!ret)
		ret = write_record(store, err);
	if (!ret && durable_sync(store->beside))
		ret = fail(store, err);
	close(store->beside);
	return ret;
}

static bool is_there(const struct store *store, const char *name)
{
	return !faccessat(store->dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Gives the piece its name. The first one with other bytes is kept, so that a crash loses none. */
static int give_name(const struct store *store, struct err *err)
{
	char name[EVIDENCE_NAME_MAX];

	evidence_name(&store->entry->digest, store->is_other, name);
	if (is_there(store, name))
		return EXIT_NOTHING;
	if (renameat(store->dir, BESIDE, store->dir, name) || durable_sync(store->dir))
		return fail(store, err);
	return EXIT_OK;
}

static int keep_in(struct store *store, struct err *err)
{
	char name[EVIDENCE_NAME_MAX];
	int ret;

	evidence_name(&store->entry->digest, false, name);
	if (is_there(store, name))
		return EXIT_NOTHING;
	ret = check_size(store, err);
	if (!ret)
		ret = check_room(store, err);
	if (!ret)
		ret = check_disk(store, err);
	if (!ret)
		ret = make_piece(store, err);
	if (!ret)
		ret = give_name(store, err);
	if (ret)
		remove_beside(store);
	return ret;
}

/**
 * store_keep() - keep a copy of a file, and a record about it
 * @folder: the store; made if it is missing
 * @max: bytes of all that it may have
 * @entry: the entry of the quarantine list
 * @file: descriptor of its file, for reading
 * @is_other: set to true if the copy has other bytes than those that failed
 * @err: filled on error
 *
 * Return: EXIT_OK once it is on the disk; EXIT_NOTHING if there is a copy of these bytes, or the
 * bytes are others, and there is such a copy, too; or the exit status of the error.
 */
int store_keep(const char *folder, uint64_t max, const struct rivet_quarantined *entry, int file,
	       bool *is_other, struct err *err)
{
	struct store store = { .path = folder, .max = max, .entry = entry, .file = file };
	int ret = durable_folder(folder, 0700, err);

	*is_other = false;
	if (ret)
		return ret;
	store.dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store.dir < 0)
		return fail(&store, err);
	if (fstat(file, &store.st))
		ret = err_set_io(err, "cannot examine", "the file");
	else
		ret = keep_in(&store, err);
	*is_other = store.is_other;
	close(store.dir);
	return ret;
}
