// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - drafts of a set and a policy, out of the events and the files of a machine
 *
 * An event says that a file was used, not that it is good. So the draft takes a file as it lies
 * there now, and each that was used with other bytes, or is not where the operator looks for
 * programs, is marked. A revoked or quarantined file, and one that could not be read, is no
 * work of the machine to learn from.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "learn.h"
#include "lib/base/text.h"
#include "text/names.h"

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "out of memory");
}

static bool is_text(struct rivet_slice path)
{
	return path.len && path.len < RIVET_PATH_MAX && path.ptr[0] == '/' &&
	       !memchr(path.ptr, '\0', path.len);
}

/* One file of the root; a link is followed by nobody here, and no event names one. */
static bool is_there(const struct learn *learn, const char *path)
{
	struct stat st;

	return !fstatat(learn->root, path + 1, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode);
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
	ret = path_set_add(&learn->values, value);
	free(value);
	return ret < 0 ? no_memory(err) : EXIT_OK;
}

/* Without a value that fits: a file that is in no set, or in one with other bytes. */
static int learn_file(const struct event *event, const char *path, struct learn *learn,
		      struct err *err)
{
	if (event->path_flags & RIVET_PATH_DELETED)
		return review_add(&learn->review, REVIEW_GONE, path, NULL, err);
	if (event->path_flags)
		return review_add(&learn->review, REVIEW_ANY_PATH, path, NULL, err);
	if (!is_there(learn, path))
		return review_add(&learn->review, REVIEW_GONE, path, NULL, err);
	if (learn->files.count == LEARN_FILES_MAX && !path_set_has(&learn->files, path)) {
		learn->over++;
		return EXIT_OK;
	}
	if (path_set_add(&learn->files, path) < 0)
		return no_memory(err);
	return note_value(learn, event, path, err);
}

/* The program by its verified name, or by the one that the process gives to itself. */
static struct rivet_slice program_of(const struct event *event)
{
	return event->exe.len ? event->exe : event->exe_file;
}

static int learn_program(const struct event *event, struct learn *learn, struct err *err)
{
	const struct rivet_slice program = program_of(event);
	char path[RIVET_PATH_MAX];

	if (!is_text(program))
		return EXIT_OK;
	snprintf(path, sizeof(path), "%.*s", (int)program.len, program.ptr);
	if (!is_there(learn, path))
		return review_add(&learn->review, REVIEW_GONE, path, NULL, err);
	if (path_set_add(&learn->files, path) < 0 || path_set_add(&learn->programs, path) < 0)
		return no_memory(err);
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
	const struct rivet_slice program = program_of(event);
	char path[RIVET_PATH_MAX], *rule;
	int ret;

	if (!is_plain(program))
		return EXIT_OK;
	snprintf(path, sizeof(path), "%.*s", (int)program.len, program.ptr);
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

/**
 * learn_event() - take the verdict of one event
 * @event: the event; its bytes are an attacker's
 * @learn: begun
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
		return learn_program(event, learn, err);
	if (needs_rule(event->reason))
		return learn_rule(event, learn, err);
	if (!lacks_value(event->reason) || !is_text(event->path))
		return EXIT_OK;
	snprintf(path, sizeof(path), "%.*s", (int)event->path.len, event->path.ptr);
	return learn_file(event, path, learn, err);
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (path[len] == '/' || !path[len]);
}

static bool is_in_folders(const char *path, char **folders, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (is_below(path, folders[i]))
			return true;
	}
	return false;
}

/* The first path of a set for NULL, then each that follows; NULL after the last */
static char *next_path(const struct path_set *set, char *path)
{
	char *next = path ? path + strlen(path) + 1 : set->text.data;

	return set->count && next < set->text.data + set->text.len ? next : NULL;
}

/* The files outside of the folders become operands like these. */
static int add_files(struct learn *learn, struct build_options *options, struct err *err)
{
	size_t folders = options->path_count;
	char **paths, *path = NULL;

	paths = reallocarray(NULL, folders + learn->files.count + 1, sizeof(*paths));
	if (!paths)
		return no_memory(err);
	memcpy(paths, options->paths, folders * sizeof(*paths));
	while ((path = next_path(&learn->files, path))) {
		if (is_in_folders(path, options->paths, folders))
			continue;
		paths[options->path_count++] = path;
		if (review_add(&learn->review, REVIEW_ELSEWHERE, path, NULL, err))
			break;
	}
	options->paths = paths;
	return err->code;
}

static int add_programs(struct learn *learn, struct build_options *options, struct err *err)
{
	char *path = NULL;

	while ((path = next_path(&learn->programs, path))) {
		if (options->extra_count == BUILD_EXTRAS_MAX)
			return err_set(err, EXIT_CONFIG, "is generated code to be allowed for all? Then: op=ANON_EXEC action=ALLOW",
				       "more than %d programs made memory executable",
				       BUILD_EXTRAS_MAX);
		options->extras[options->extra_count++] = (struct build_extra){
			.option = "jit", .glob = path, .len = strlen(path), .uses = RIVET_USE_JIT,
		};
	}
	return EXIT_OK;
}

/**
 * learn_options() - have the build take the files of the events too
 * @learn: has taken all events; stays until the build has ended
 * @options: with folders in its @paths, which become a new array, for free()
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int learn_options(struct learn *learn, struct build_options *options, struct err *err)
{
	int ret = add_files(learn, options, err);

	return ret ? ret : add_programs(learn, options, err);
}

static int collect(const struct build *build, struct path_set *now, struct err *err)
{
	const struct build_file *file = build->found.items, *end = file + build->found.count;
	char digest[RIVET_DIGEST_TEXT_MAX], *value;
	int ret = 0;

	for (; ret >= 0 && file < end; file++) {
		if (!file->path)
			continue;
		rivet_digest_format(&file->measured.whole, digest, sizeof(digest));
		if (asprintf(&value, "%s %s", digest, file->path) < 0)
			return no_memory(err);
		ret = path_set_add(now, value);
		free(value);
	}
	return ret < 0 ? no_memory(err) : EXIT_OK;
}

/* A value of another kind, as fs-verity's, is not compared. */
static bool is_whole_digest(const char *value)
{
	return !strncmp(value, "sha256:", strlen("sha256:"));
}

/**
 * learn_compare() - mark the files that were used with other bytes than they have now
 * @learn: has taken all events
 * @build: run
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int learn_compare(struct learn *learn, const struct build *build, struct err *err)
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

/**
 * learn_free() - release all
 * @learn: empty afterwards
 */
void learn_free(struct learn *learn)
{
	path_set_free(&learn->files);
	path_set_free(&learn->values);
	path_set_free(&learn->programs);
	review_free(&learn->review);
	if (learn->root > 0)
		close(learn->root);
	memset(learn, 0, sizeof(*learn));
}
