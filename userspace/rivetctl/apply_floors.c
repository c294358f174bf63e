// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - the floors, kept in a file beyond a boot
 *
 * The file is the text of the module's file floor below the line of apply_header.c. The text
 * alone, as an operator may have saved it, is read too.
 */
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "lib/kernel/secfs.h"
#include "text/digest.h"

#define FOLDER		"var/lib/rivet"
#define NAME		"floor"
#define SHOWN		"/" FOLDER "/" NAME
#define FLOORS_MAX	(128 * 1024)

static bool has_line(struct rivet_slice text, struct rivet_slice wanted)
{
	struct rivet_slice line;

	while (text_next_line(&text, &line)) {
		if (rivet_slice_same(line, wanted))
			return true;
	}
	return false;
}

/** struct floor - a line "NAME KIND VERSION"; "retired" is above all versions */
struct floor {
	struct rivet_slice name;
	struct rivet_slice kind;
	u64 version;
};

static bool take_floor(struct rivet_slice line, struct floor *floor)
{
	struct rivet_slice version, more;

	if (!text_next_word(&line, &floor->name) || !text_next_word(&line, &floor->kind) ||
	    !text_next_word(&line, &version) || text_next_word(&line, &more))
		return false;
	floor->version = UINT64_MAX;
	if (rivet_slice_equal(version, "retired"))
		return true;
	if (rivet_slice_equal(floor->kind, "policy"))
		return !rivet_parse_version3(version.ptr, version.len, &floor->version);
	return !rivet_parse_u64(version.ptr, version.len, &floor->version);
}

/* Is the floor for the name and the kind of this line at its version, or above? */
static bool is_reached(struct rivet_slice text, struct rivet_slice wanted)
{
	struct floor floor, least;
	struct rivet_slice line;

	if (!take_floor(wanted, &least))
		return false;
	while (text_next_line(&text, &line)) {
		if (take_floor(line, &floor) && rivet_slice_same(floor.name, least.name) &&
		    rivet_slice_same(floor.kind, least.kind))
			return floor.version >= least.version;
	}
	return false;
}

static int open_saved(const struct apply *a, bool make, int *folder, struct err *err)
{
	char shown[APPLY_PATH_MAX];

	apply_path(a, "/" FOLDER, shown);
	return make ? protected_make_folder(a->root_fd, FOLDER, shown, folder, err) :
		      protected_folder(a->root_fd, FOLDER, shown, folder, err);
}

static int write_lines(const char *shown, struct rivet_slice lines, struct err *err)
{
	char what[ERR_TEXT_MAX / 2];

	snprintf(what, sizeof(what), "cannot take the floors of %s", err_name(shown));
	return secfs_write("floor", lines.ptr, lines.len, what, err);
}

/* A line that is refused has a floor that is higher already, or no meaning, or no room. */
static int write_each(const char *shown, struct rivet_slice lines, struct err *err)
{
	struct buffer text = { 0 };
	struct rivet_slice line, now;
	struct err one;
	int ret = EXIT_OK;

	while (text_next_line(&lines, &line)) {
		if (!write_lines(shown, line, &one))
			continue;
		if (secfs_read("floor", &text, &one)) {
			buffer_free(&text);
			*err = one;
			return one.code;
		}
		now = (struct rivet_slice){ .ptr = text.data, .len = text.len };
		if (!is_reached(now, line)) {
			*err = one;
			ret = one.code;
		}
		buffer_free(&text);
	}
	return ret;
}

static int raise_floors(struct apply *a, const char *shown, struct rivet_slice lines,
			struct err *err)
{
	if (a->dry_run || !write_lines(shown, lines, err))
		return EXIT_OK;
	return write_each(shown, lines, err);
}

/* The saved file is not overwritten: the module may have lower floors. */
static void fail(struct apply *a, const char *shown, const struct err *err)
{
	a->floors_damaged = true;
	apply_fault(a, shown, err);
}

/* Floors that the module has already are not written again. */
static void raise_missing(struct apply *a, const char *shown, struct rivet_slice saved,
			  struct rivet_slice now)
{
	struct buffer lines = { 0 };
	struct rivet_slice line, all;
	struct err err = { 0 };
	size_t count = 0;
	int ret;

	if (!a->loaded && !a->dry_run)
		return;
	while (text_next_line(&saved, &line)) {
		if (!line.len || has_line(now, line))
			continue;
		buffer_add(&lines, line.ptr, line.len);
		buffer_add_text(&lines, "\n");
		count++;
	}
	all = (struct rivet_slice){ .ptr = lines.data, .len = lines.len };
	if (lines.failed)
		ret = err_set(&err, EXIT_OTHER, NULL, "cannot take the floors of %s: out of memory",
			      err_name(shown));
	else
		ret = count ? raise_floors(a, shown, all, &err) : EXIT_OK;
	if (ret)
		fail(a, shown, &err);
	else if (count)
		apply_tell(a, APPLY_CHANGED, shown, "%zu floor%s", count, count == 1 ? "" : "s");
	else
		apply_tell(a, APPLY_KEPT, shown, "floors are as saved");
	buffer_free(&lines);
}

/* They hold, but their first line would lose that word. */
static void fail_unknown(struct apply *a, const char *shown, struct rivet_slice word)
{
	char text[64];
	struct err err = { 0 };

	snprintf(text, sizeof(text), "%.*s", (int)word.len, word.ptr);
	err_set(&err, EXIT_CONFIG, "use the rivetctl that has saved it, or a newer one",
		"%s has the word %s, which this rivetctl does not know: its floors hold, and later ones are not saved",
		err_name(shown), err_name(text));
	fail(a, shown, &err);
}

static void take_floors(struct apply *a, const char *shown, const struct buffer *file)
{
	struct rivet_slice saved = { .ptr = file->data, .len = file->len }, now = { 0 }, unknown;
	struct buffer kernel = { 0 };
	struct err err = { 0 };

	if (!apply_take_header(a, &saved, &unknown)) {
		err_set(&err, EXIT_CONFIG,
			"put back a copy, or remove it, so that old versions are refused again from now on",
			"%s is damaged: old versions are not refused", err_name(shown));
		fail(a, shown, &err);
		return;
	}
	if (a->loaded && secfs_read("floor", &kernel, &err)) {
		fail(a, shown, &err);
	} else {
		now = (struct rivet_slice){ .ptr = kernel.data, .len = kernel.len };
		raise_missing(a, shown, saved, now);
		if (unknown.len)
			fail_unknown(a, shown, unknown);
	}
	buffer_free(&kernel);
}

/**
 * apply_floors() - raise the floors to the saved ones
 * @a: the run
 */
void apply_floors(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct buffer file = { 0 };
	struct err err = { 0 };
	int folder = -1, ret;

	apply_path(a, SHOWN, shown);
	ret = open_saved(a, false, &folder, &err);
	if (!ret)
		ret = protected_read(folder, NAME, shown, FLOORS_MAX, &file, &err);
	if (!ret)
		take_floors(a, shown, &file);
	else if (ret == EXIT_NOTHING)
		a->floors_missing = true;
	else
		fail(a, shown, &err);
	buffer_free(&file);
	if (folder >= 0)
		close(folder);
}

static bool is_saved(int folder, const char *shown, const struct buffer *wanted)
{
	struct buffer file = { 0 };
	struct err unused;
	bool same;

	same = !protected_read(folder, NAME, shown, FLOORS_MAX, &file, &unused) &&
	       file.len == wanted->len && !memcmp(file.data, wanted->data, wanted->len);
	buffer_free(&file);
	return same;
}

static int save(struct apply *a, const char *shown, const struct buffer *wanted, struct err *err)
{
	int folder = -1, ret;

	ret = open_saved(a, true, &folder, err);
	if (ret)
		return ret;
	if (is_saved(folder, shown, wanted)) {
		apply_tell(a, APPLY_KEPT, shown, "saved");
	} else {
		ret = protected_write(folder, NAME, shown, wanted, err);
		if (ret && !err->next)
			err->next = "make room on that disk, or have it writable";
		if (!ret)
			apply_tell(a, APPLY_CHANGED, shown, "saved");
	}
	close(folder);
	return ret;
}

/* Before the change to the real root its filesystem may be read-only: a later run saves. */
static bool may_wait(const struct apply *a)
{
	struct statvfs fs;

	return !apply_is_in_root(a) && !fstatvfs(a->root_fd, &fs) && fs.f_flag & ST_RDONLY;
}

/**
 * apply_save_floors() - save the floors, before anything is said to be accepted
 * @a: the run
 */
void apply_save_floors(struct apply *a)
{
	struct buffer floors = { 0 }, wanted = { 0 };
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };
	int ret;

	if (!a->loaded || a->dry_run || a->floors_damaged)
		return;
	apply_path(a, SHOWN, shown);
	ret = secfs_read("floor", &floors, &err);
	if (!ret && !apply_add_header(a, &floors, &wanted))
		ret = err_set(&err, EXIT_OTHER, NULL, "cannot save %s: out of memory",
			      err_name(shown));
	if (!ret && floors.len)
		ret = save(a, shown, &wanted, &err);
	if (ret && may_wait(a))
		apply_tell(a, APPLY_NOTE, shown,
			   "not saved: the filesystem is still read-only; rivet.service saves it");
	else if (ret)
		apply_fault(a, shown, &err);
	buffer_free(&floors);
	buffer_free(&wanted);
}
