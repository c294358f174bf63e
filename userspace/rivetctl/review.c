// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the files of a draft that somebody is to look at before it is signed, and why
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/manifest/packages.h"
#include "review.h"

#define OTHERS_WRITE	0022

/* The words of --json, and of the text */
static const struct {
	const char *word;
	const char *text;
} reasons[] = {
	[REVIEW_UNPACKAGED] = { "unpackaged", "no package owns it" },
	[REVIEW_DIFFERS] = { "differs", "it has not the bytes of its package" },
	[REVIEW_WRITABLE] = { "writable", "somebody other than root can replace it" },
	[REVIEW_ELSEWHERE] = { "elsewhere", "it was used, outside of the folders asked for" },
	[REVIEW_CHANGED] = { "changed", "other bytes were used than lie there now" },
	[REVIEW_OTHERWISE] = { "otherwise", "it was used in a way that its set does not list" },
	[REVIEW_JIT] = { "jit", "it made memory executable: the draft gives it jit" },
	[REVIEW_CLAIMED] = { "claimed",
				"a process that calls itself so needs more: nothing is granted" },
	[REVIEW_BAD] = { "bad",
				"it is revoked or quarantined, or has such bytes: left out" },
	[REVIEW_NOT_LISTED] = { "not-listed",
				"it was used, and is no program to list: not in the draft" },
	[REVIEW_GONE] = { "gone", "it was used, and is not there now: not in the draft" },
	[REVIEW_ANY_PATH] = { "any-path", "init sees no file of that name: not in the draft" },
	[REVIEW_RULE] = { "rule",
			  "no value permits it: a rule is in the policy draft, as a comment" },
};

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "out of memory");
}

/* Returns 1 if it is new, 0 if not. */
static int note(struct review *review, enum review_why why, const char *path, const char *rule)
{
	char *key;
	int ret;

	if (asprintf(&key, "%d %s %s", why, rule ? rule : "", path) < 0)
		return -1;
	ret = path_set_add(&review->seen, key);
	free(key);
	return ret;
}

static bool make_room(struct review *review)
{
	size_t size = review->size ? 2 * review->size : 64;
	struct review_mark *marks;

	if (review->count < review->size)
		return true;
	marks = reallocarray(review->marks, size, sizeof(*marks));
	if (!marks)
		return false;
	review->marks = marks;
	review->size = size;
	return true;
}

/**
 * review_add() - mark a file
 * @review: the marks; the same mark is kept once
 * @why: the reason
 * @path: the file
 * @rule: for REVIEW_RULE, the rule; else NULL
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int review_add(struct review *review, enum review_why why, const char *path, const char *rule,
	       struct err *err)
{
	struct review_mark *mark;
	int new = note(review, why, path, rule);

	if (!new)
		return EXIT_OK;
	if (new < 0 || !make_room(review))
		return no_memory(err);
	mark = &review->marks[review->count++];
	*mark = (struct review_mark){
		.why = why,
		.path = text_join("", path),
		.rule = rule ? text_join("", rule) : NULL,
	};
	return mark->path && (!rule || mark->rule) ? EXIT_OK : no_memory(err);
}

/**
 * review_note() - note something about all marks
 * @review: the marks
 * @fmt: as for printf(), without bytes from outside and without a line end
 */
void review_note(struct review *review, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		text_add(&review->notes, "%s\n", text);
	else
		review->notes.failed = true;
	free(text);
}

static int mark_packaged(struct review *review, const struct packages *packages,
			 const struct build_file *file, struct err *err)
{
	switch (packages_look_up(packages, file->path, file->measured.md5)) {
	case PACKAGED_DIFFERS:
		return review_add(review, REVIEW_DIFFERS, file->path, NULL, err);
	case PACKAGED_NOT:
		return review_add(review, REVIEW_UNPACKAGED, file->path, NULL, err);
	default:
		return EXIT_OK;
	}
}

/* The walk of the build has ended. */
static int read_packages(struct packages *packages, const struct build *build, bool *found,
			 struct err *err)
{
	struct walk walk = { 0 };
	int ret = walk_begin(&walk, build->options->root, err);

	if (!ret)
		ret = packages_read(packages, &walk, found, err);
	walk_end(&walk);
	return ret;
}

/**
 * review_packages() - mark the listed files that are not as a package has them
 * @review: gets the marks
 * @build: run, with MD5 among its @digests
 * @found: set to whether the root has a list of packages at all; without, nothing is marked
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int review_packages(struct review *review, const struct build *build, bool *found,
		    struct err *err)
{
	const struct build_file *file = build->found.items, *end = file + build->found.count;
	struct packages packages = { 0 };
	int ret = read_packages(&packages, build, found, err);

	for (; !ret && *found && file < end; file++) {
		if (file->path)
			ret = mark_packaged(review, &packages, file, err);
	}
	packages_free(&packages);
	return ret;
}

static bool is_roots_own(const struct stat *st)
{
	if (st->st_uid)
		return false;
	return !(st->st_mode & OTHERS_WRITE) || (S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX);
}

/* A sticky folder keeps others from replacing root's files. A part that is gone was somebody's. */
static bool is_protected(int root, const char *path)
{
	char part[RIVET_PATH_MAX];
	const char *end = path;
	struct stat st;

	do {
		end = strchrnul(end + 1, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(end - path - 1), path + 1);
		if (fstatat(root, part, &st, AT_SYMLINK_NOFOLLOW) || !is_roots_own(&st))
			return false;
	} while (*end);
	return true;
}

/**
 * review_places() - mark the listed files that somebody other than root can replace
 * @review: gets the marks
 * @build: run; files out of archives are passed over
 * @err: filled on error
 *
 * The owners and modes are those below the root, which only mean something on the gateway
 * itself, or in a root filesystem that root has unpacked.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int review_places(struct review *review, const struct build *build, struct err *err)
{
	const struct build_file *file = build->found.items, *end = file + build->found.count;
	int root = open(build->options->root, O_PATH | O_DIRECTORY | O_CLOEXEC), ret = EXIT_OK;

	if (root < 0)
		return err_set_io(err, "cannot open", build->options->root);
	for (; !ret && file < end; file++) {
		if (file->path && !file->packed && !is_protected(root, file->path))
			ret = review_add(review, REVIEW_WRITABLE, file->path, NULL, err);
	}
	close(root);
	return ret;
}

/**
 * review_json() - write the marks as the array "review", and what was noted as "notes"
 * @review: the marks
 * @json: an object of it is open
 */
void review_json(const struct review *review, struct json *json)
{
	struct rivet_slice rest = { .ptr = review->notes.data, .len = review->notes.len }, line;
	const struct review_mark *mark;

	json_array(json, "notes");
	while (text_next_line(&rest, &line))
		json_bytes(json, NULL, line.ptr, line.len);
	json_close(json);
	json_array(json, "review");
	for (mark = review->marks; mark < review->marks + review->count; mark++) {
		json_object(json, NULL);
		json_text(json, "why", reasons[mark->why].word);
		json_bytes(json, "path", mark->path, strlen(mark->path));
		if (mark->rule)
			json_text(json, "rule", mark->rule);
		json_close(json);
	}
	json_close(json);
}

static int compare(const void *a, const void *b)
{
	const struct review_mark *x = a, *y = b;
	int order = x->why - y->why;

	return order ? order : strcmp(x->path, y->path);
}

/**
 * review_sort() - put the marks in the order of reasons, and of paths
 * @review: the marks
 */
void review_sort(struct review *review)
{
	if (review->count)
		qsort(review->marks, review->count, sizeof(*review->marks), compare);
}

static void text_of(const struct review *review, enum review_why why, struct buffer *out)
{
	const struct review_mark *mark;
	struct rivet_slice path;

	text_add(out, "%s:\n", reasons[why].text);
	for (mark = review->marks; mark < review->marks + review->count; mark++) {
		if (mark->why != why)
			continue;
		text_add(out, "    ");
		path = (struct rivet_slice){ .ptr = mark->path, .len = strlen(mark->path) };
		text_add_bytes(out, path);
		text_add(out, "%s%s\n", mark->rule ? "    " : "", mark->rule ? mark->rule : "");
	}
}

/**
 * review_text() - write the marks for people, by reason
 * @review: the marks
 * @out: gets the text
 */
void review_text(const struct review *review, struct buffer *out)
{
	enum review_why why;

	if (review->notes.failed)
		out->failed = true;
	if (review->notes.len)
		buffer_add(out, review->notes.data, review->notes.len);
	for (why = 0; why < __REVIEW_MAX; why++) {
		if (review_count(review, why))
			text_of(review, why, out);
	}
}

/**
 * review_count() - count the marks of one reason
 * @review: the marks
 * @why: the reason
 *
 * Return: how many.
 */
size_t review_count(const struct review *review, enum review_why why)
{
	size_t i, count = 0;

	for (i = 0; i < review->count; i++)
		count += review->marks[i].why == why;
	return count;
}

/**
 * review_free() - release all marks
 * @review: empty afterwards
 */
void review_free(struct review *review)
{
	while (review->count) {
		free(review->marks[--review->count].path);
		free(review->marks[review->count].rule);
	}
	free(review->marks);
	path_set_free(&review->seen);
	buffer_free(&review->notes);
	memset(review, 0, sizeof(*review));
}
