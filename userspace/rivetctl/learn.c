// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - drafts of a set and a policy, out of the events and the files of a machine
 *
 * An event says that a file was used, not that it is good. So the draft takes a file as it lies
 * there now, and each that was used with other bytes, or is not where the operator looks for
 * programs, is marked. Any user can cause events, and choose the file, its place, its name and
 * the name of his program: such a file is listed by its own bytes only, and grants nothing to
 * another. A revoked or quarantined file is left out, by its name and by its bytes.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "learn.h"
#include "lib/base/text.h"
#include "text/names.h"
#include "text/path.h"

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "out of memory");
}

static bool is_text(struct rivet_slice path)
{
	return path.len < RIVET_PATH_MAX && rivet_path_is_canonical(path) &&
	       !memchr(path.ptr, '\0', path.len);
}

/* A regular file, and no link anywhere on the way: the name in the event is then its own. */
static bool is_there(const struct learn *learn, const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = syscall(SYS_openat2, learn->root, path + 1, &how, sizeof(how));
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	is = !fstat(fd, &st) && S_ISREG(st.st_mode);
	close(fd);
	return is;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (path[len] == '/' || !path[len]);
}

static bool is_in_folders(const struct learn *learn, const char *path)
{
	size_t i;

	for (i = 0; i < learn->folder_count; i++) {
		if (is_below(path, learn->folders[i]))
			return true;
	}
	return false;
}

static int add(struct path_set *set, const char *path, struct err *err)
{
	return path_set_add(set, path) < 0 ? no_memory(err) : EXIT_OK;
}

static int note_value(struct learn *learn, const struct event *event, const char *path,
		      struct err *err)
{
	char *value;
	int ret;

	if (!event->measured.len)
		return EXIT_OK;
	if (asprintf(&value, "%.*s %s", (int)event->measured.len, event->measured.ptr, path) < 0)
		return no_memory(err);
	ret = add(&learn->values, value, err);
	free(value);
	return ret;
}

static int note_file(struct learn *learn, const char *path, struct err *err)
{
	if (is_in_folders(learn, path))
		return add(&learn->inside, path, err);
	if (learn->outside.count == LEARN_FILES_MAX && !path_set_has(&learn->outside, path)) {
		learn->over++;
		return EXIT_OK;
	}
	if (add(&learn->outside, path, err))
		return err->code;
	return review_add(&learn->review, REVIEW_ELSEWHERE, path, NULL, err);
}

/* Without a value that fits: a file that is in no set, or in one with other bytes. */
static int learn_file(const struct event *event, const char *path, struct learn *learn,
		      struct err *err)
{
	int ret;

	if (event->path_flags & RIVET_PATH_DELETED)
		return review_add(&learn->review, REVIEW_GONE, path, NULL, err);
	if (event->path_flags)
		return review_add(&learn->review, REVIEW_ANY_PATH, path, NULL, err);
	if (!is_there(learn, path))
		return review_add(&learn->review, REVIEW_GONE, path, NULL, err);
	ret = note_file(learn, path, err);
	if (!ret && event->reason == RIVET_REASON_WRONG_USE)
		ret = review_add(&learn->review, REVIEW_OTHERWISE, path, NULL, err);
	return ret ? ret : note_value(learn, event, path, err);
}

/* Sets @path; false if the event has no such path. */
static bool take_path(struct rivet_slice from, char path[RIVET_PATH_MAX])
{
	if (!is_text(from))
		return false;
	snprintf(path, RIVET_PATH_MAX, "%.*s", (int)from.len, from.ptr);
	return true;
}

static int note_bad_path(const struct event *event, const char *path, struct learn *learn,
			 struct err *err)
{
	if (review_add(&learn->review, REVIEW_BAD, path, NULL, err))
		return err->code;
	return event->path_flags ? EXIT_OK : add(&learn->bad, path, err);
}

/* Bytes out of memory have no path. */
static int learn_bad(const struct event *event, struct learn *learn, struct err *err)
{
	char digest[RIVET_DIGEST_TEXT_MAX], path[RIVET_PATH_MAX];

	if (take_path(event->path, path) && note_bad_path(event, path, learn, err))
		return err->code;
	if (!event->measured.len || event->measured.len >= sizeof(digest))
		return EXIT_OK;
	snprintf(digest, sizeof(digest), "%.*s", (int)event->measured.len, event->measured.ptr);
	return add(&learn->bad, digest, err);
}

/* Only a verified name says which program it is; the other one is the process's own word. */
static int learn_claim(const struct event *event, struct learn *learn, struct err *err)
{
	char path[RIVET_PATH_MAX];

	if (!take_path(event->exe_file, path))
		return EXIT_OK;
	return review_add(&learn->review, REVIEW_CLAIMED, path, NULL, err);
}

static int learn_program(const struct event *event, struct learn *learn, struct err *err)
{
	char path[RIVET_PATH_MAX];

	if (!take_path(event->exe, path))
		return learn_claim(event, learn, err);
	if (add(&learn->programs, path, err))
		return err->code;
	return review_add(&learn->review, REVIEW_JIT, path, NULL, err);
}

/* A path that a rule can name without an escape: a rule that needs one is a human's to write. */
static bool is_plain(struct rivet_slice path)
{
	size_t i;

	for (i = 0; i < path.len; i++) {
		if (path.ptr[i] <= ' ' || path.ptr[i] > '~' || strchr("*?\\\"'=#", path.ptr[i]))
			return false;
	}
	return is_text(path);
}

static int learn_rule(const struct event *event, struct learn *learn, struct err *err)
{
	char path[RIVET_PATH_MAX], *rule;
	int ret;

	if (!is_plain(event->exe))
		return learn_claim(event, learn, err);
	take_path(event->exe, path);
	if (asprintf(&rule, "op=%s riv=%s exe=%s action=ALLOW", rivet_name_op(event->op),
		     rivet_name_reason(event->reason), path) < 0)
		return no_memory(err);
	ret = review_add(&learn->review, REVIEW_RULE, path, rule, err);
	free(rule);
	return ret;
}

static bool lacks_value(uint8_t reason)
{
	return reason == RIVET_REASON_UNLISTED || reason == RIVET_REASON_MISMATCH ||
	       reason == RIVET_REASON_MOVED || reason == RIVET_REASON_WRONG_USE ||
	       reason == RIVET_REASON_EXPIRED;
}

static bool needs_rule(uint8_t reason)
{
	return reason == RIVET_REASON_ANONYMOUS || reason == RIVET_REASON_WRITABLE;
}

static bool is_bad(uint8_t reason)
{
	return reason == RIVET_REASON_REVOKED || reason == RIVET_REASON_QUARANTINED;
}

/**
 * learn_event() - take the verdict of one event
 * @event: the event; its bytes are an attacker's
 * @learn: begun, its folders chosen
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int learn_event(const struct event *event, struct learn *learn, struct err *err)
{
	char path[RIVET_PATH_MAX];

	if (event->kind != RIVET_EVENT_VERDICT)
		return EXIT_OK;
	if (event->op == RIVET_OP_ANON_EXEC)
		return event->reason == RIVET_REASON_MATCH ? EXIT_OK :
							     learn_program(event, learn, err);
	if (needs_rule(event->reason))
		return learn_rule(event, learn, err);
	if (is_bad(event->reason))
		return learn_bad(event, learn, err);
	if (!take_path(event->path, path))
		return EXIT_OK;
	return lacks_value(event->reason) ? learn_file(event, path, learn, err) : EXIT_OK;
}

/* The first path of a set for NULL, then each that follows; NULL after the last */
static char *next_path(const struct path_set *set, char *path)
{
	char *next = path ? path + strlen(path) + 1 : set->text.data;

	return set->count && next < set->text.data + set->text.len ? next : NULL;
}

static void add_programs(struct learn *learn, struct build_options *options)
{
	char *path = NULL;

	while ((path = next_path(&learn->programs, path))) {
		if (options->extra_count == BUILD_EXTRAS_MAX) {
			review_note(&learn->review, "More than %d programs made memory executable: the others get no jit",
				    BUILD_EXTRAS_MAX);
			return;
		}
		options->extras[options->extra_count++] = (struct build_extra){
			.option = "jit", .glob = path, .len = strlen(path), .uses = RIVET_USE_JIT,
			.literal = true,
		};
	}
}

/**
 * learn_digests() - tell which digests the build has to measure for the comparison
 * @learn: has taken all events
 *
 * Return: bits of enum measure_digest.
 */
unsigned int learn_digests(const struct learn *learn)
{
	char *entry = NULL;

	while ((entry = next_path(&learn->bad, entry)))
		if (!strncmp(entry, "verity:", strlen("verity:")))
			return MEASURE_MD5 | MEASURE_VERITY;
	return MEASURE_MD5;
}

/**
 * learn_options() - have the build take the files of the events too
 * @learn: has taken all events; stays until the build has ended
 * @options: gets them; @used is to be freed
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int learn_options(struct learn *learn, struct build_options *options, struct err *err)
{
	const char **used = calloc(learn->outside.count + 1, sizeof(*used));
	char *path = NULL;

	if (!used)
		return no_memory(err);
	options->used = used;
	while ((path = next_path(&learn->outside, path)))
		used[options->used_count++] = path;
	options->left_out = &learn->bad;
	add_programs(learn, options);
	if (learn->over)
		review_note(&learn->review, "%llu more files were used outside of the folders: not in the draft, and not named here",
			    (unsigned long long)learn->over);
	return EXIT_OK;
}

static int collect(const struct build *build, struct path_set *now, struct err *err)
{
	const struct build_file *file = build->found.items, *end = file + build->found.count;
	char digest[RIVET_DIGEST_TEXT_MAX], *value;
	int ret = EXIT_OK;

	for (; !ret && file < end; file++) {
		if (!file->path)
			continue;
		rivet_digest_format(&file->measured.whole, digest, sizeof(digest));
		if (asprintf(&value, "%s %s", digest, file->path) < 0)
			return no_memory(err);
		ret = add(now, value, err);
		free(value);
	}
	return ret;
}

/* A value of another kind, as fs-verity's, is not compared. */
static bool is_whole_digest(const char *value)
{
	return !strncmp(value, "sha256:", strlen("sha256:"));
}

static int mark_changed(struct learn *learn, const struct build *build, struct err *err)
{
	struct path_set now = { 0 };
	int ret = collect(build, &now, err);
	const char *path;
	char *value = NULL;

	while (!ret && (value = next_path(&learn->values, value))) {
		path = strchr(value, ' ') + 1;
		if (is_whole_digest(value) && !path_set_has(&now, value) &&
		    path_set_has(&build->listed, path))
			ret = review_add(&learn->review, REVIEW_CHANGED, path, NULL, err);
	}
	path_set_free(&now);
	return ret;
}

static int mark_not_listed(struct learn *learn, const struct path_set *used,
			   const struct build *build, struct err *err)
{
	char *path = NULL;
	int ret = EXIT_OK;

	while (!ret && (path = next_path(used, path))) {
		if (!path_set_has(&build->listed, path) && !path_set_has(&build->left, path))
			ret = review_add(&learn->review, REVIEW_NOT_LISTED, path, NULL, err);
	}
	return ret;
}

static int mark_left_out(struct learn *learn, const struct build *build, struct err *err)
{
	char *path = NULL;
	int ret = EXIT_OK;

	while (!ret && (path = next_path(&build->left, path)))
		ret = review_add(&learn->review, REVIEW_BAD, path, NULL, err);
	return ret;
}

/**
 * learn_finish() - mark the files that are not in the draft, or with other bytes than were used
 * @learn: has taken all events
 * @build: run
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int learn_finish(struct learn *learn, const struct build *build, struct err *err)
{
	int ret = mark_changed(learn, build, err);

	if (!ret)
		ret = mark_not_listed(learn, &learn->inside, build, err);
	if (!ret)
		ret = mark_not_listed(learn, &learn->outside, build, err);
	return ret ? ret : mark_left_out(learn, build, err);
}

/**
 * learn_free() - release all
 * @learn: empty afterwards
 */
void learn_free(struct learn *learn)
{
	path_set_free(&learn->inside);
	path_set_free(&learn->outside);
	path_set_free(&learn->values);
	path_set_free(&learn->programs);
	path_set_free(&learn->bad);
	review_free(&learn->review);
	if (learn->root > 0)
		close(learn->root);
	memset(learn, 0, sizeof(*learn));
}
