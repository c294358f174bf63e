// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - measuring files into a list of manifest entries
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "build_archive.h"
#include "build_crew.h"
#include "build_file.h"
#include "lib/manifest/archive.h"
#include "lib/manifest/dpkg.h"
#include "lib/manifest/kind.h"
#include "lib/manifest/unpack.h"
#include "policy/rules.h"

#define LINKS_SHOWN	3	/* symbolic links followed in one named path */

static struct build *build_of(struct walk *walk)
{
	return (struct build *)walk;
}

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot build the manifest: out of memory");
}

static bool fits(const struct build *build, size_t at, const char *path)
{
	const struct build_extra *extra = &build->options->extras[at];
	const struct rivet_slice name = { .ptr = path, .len = strlen(path) };

	if (build->real[at])
		return !strcmp(build->real[at], path);
	if (extra->literal)
		return false;
	return rivet_glob_match((struct rivet_slice){ .ptr = extra->glob, .len = extra->len },
				name);
}

/* The uses that the command line gives to this file, which will be listed for them. */
static uint32_t take_extra_uses(struct build *build, const char *path)
{
	uint32_t uses = 0;
	size_t i;

	for (i = 0; i < build->options->extra_count; i++) {
		if (!fits(build, i, path))
			continue;
		build->used[i] = true;
		uses |= build->options->extras[i].uses;
	}
	return uses;
}

static int add_digest(struct build *build, const struct rivet_digest *digest,
		      const struct measurement *measured, uint32_t uses, const char *path,
		      struct err *err)
{
	const char *unpacked = uses & RIVET_USE_EXEC ? dpkg_unpacked_path(path) : NULL;
	bool any_path = build->options->any_path;
	struct manifest_item item = {
		.digest = *digest,
		.size = measured->size,
		.uses = uses,
	};
	int ret;

	ret = manifest_add(&build->list, &item, any_path ? MANIFEST_ANY_PATH : path, err);
	if (!ret && unpacked && !any_path)
		ret = manifest_add(&build->list, &item, unpacked, err);
	return ret;
}

static int add_unpacked(struct build *build, const struct build_file *file, struct err *err)
{
	char *module;
	int ret;

	if (file->remark)
		err_warn(build->ctx, "%s; only its compressed form is listed", file->remark);
	if (!file->has_unpacked)
		return EXIT_OK;
	module = strndup(file->path, unpack_module_name_len(file->path));
	ret = module ? add_digest(build, &file->unpacked.whole, &file->unpacked, RIVET_USE_KMOD,
				  module, err) :
		       no_memory(err);
	free(module);
	build->bytes += file->unpacked.size;
	return ret;
}

static int add_file(struct build *build, const struct build_file *file, uint32_t uses,
		    struct err *err)
{
	enum build_digests digests = build->options->digests;
	const struct measurement *measured = &file->measured;
	int ret = EXIT_OK;

	if (digests != BUILD_VERITY)
		ret = add_digest(build, &measured->whole, measured, uses, file->path, err);
	if (!ret && digests != BUILD_WHOLE)
		ret = add_digest(build, &measured->verity, measured, uses, file->path, err);
	if (!ret)
		ret = add_unpacked(build, file, err);
	build->bytes += measured->size;
	build->files++;
	return ret;
}

/* jit is a property of programs; it makes no sense for other files. */
static int check_uses(const char *path, uint32_t uses, struct err *err)
{
	if (!(uses & RIVET_USE_JIT) || uses & (RIVET_USE_EXEC | RIVET_USE_MMAP))
		return EXIT_OK;
	return err_set(err, EXIT_CONFIG, NULL,
		       "cannot give jit to %s: it is neither a program nor a library",
		       err_name(path));
}

static bool has_bad_name(struct build *build, const char *path)
{
	if (build->options->any_path || rivet_parse_utf8_valid(path, strlen(path), NULL))
		return false;
	err_warn(build->ctx, "%s: this name is not UTF-8, no manifest can hold it",
		 err_name(path));
	build->bad_names++;
	return true;
}

static bool is_excluded(struct build *build, const char *path)
{
	const struct rivet_slice name = { .ptr = path, .len = strlen(path) };
	const struct build_options *options = build->options;
	struct rivet_slice glob;
	bool excluded = false;
	size_t i;

	for (i = 0; i < options->exclude_count; i++) {
		glob = (struct rivet_slice){ .ptr = options->excludes[i],
					     .len = strlen(options->excludes[i]) };
		if (!rivet_glob_match(glob, name))
			continue;
		build->excluded[i] = true;
		excluded = true;
	}
	return excluded;
}

/* Only --use lists one as data: somebody who names it means the files in it. */
static int refuse_archive(const struct archive_kind *kind, const char *path, struct err *err)
{
	return err_set(err, EXIT_CONFIG, kind->next, "cannot list the files in %s: it is %s",
		       err_name(path), kind->name);
}

/* A root that is no folder may be an image. */
static int check_root(const char *root, struct err *err)
{
	int fd = open(root, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const struct archive_kind *kind = NULL;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		kind = archive_kind_of(fd, root);
	if (fd >= 0)
		close(fd);
	return kind ? refuse_archive(kind, root, err) : EXIT_OK;
}

/**
 * build_take() - add a file that was found
 * @build: running
 * @path: its real path on the gateway
 * @size: its bytes
 * @named: asked for by name
 * @file: the file, valid until the next call; NULL if it is to be left out
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int build_take(struct build *build, const char *path, uint64_t size, bool named,
	       struct build_file **file, struct err *err)
{
	*file = NULL;
	if (is_excluded(build, path))
		return EXIT_OK;
	*file = build_file_add(&build->found, path);
	if (!*file)
		return no_memory(err);
	(*file)->size = size;
	(*file)->named = named;
	(*file)->extra = take_extra_uses(build, path);
	return EXIT_OK;
}

static int take_file(struct walk *walk, const char *path, const struct stat *st, bool named,
		     struct err *err)
{
	struct build_file *file;

	return build_take(build_of(walk), path, st->st_size, named, &file, err);
}

static uint32_t uses_of(const struct build_file *file)
{
	uint32_t uses = file->kind | file->extra;

	return uses || !file->named ? uses : RIVET_USE_READ;
}

static bool has_digest(const struct path_set *set, const struct rivet_digest *digest)
{
	char text[RIVET_DIGEST_TEXT_MAX];

	if (digest->alg == RIVET_DIGEST_NONE)
		return false;
	rivet_digest_format(digest, text, sizeof(text));
	return path_set_has(set, text);
}

/* Returns 1 if the options leave this file out, by its path or its bytes. */
static int is_left_out(struct build *build, const struct build_file *file)
{
	const struct path_set *set = build->options->left_out;

	if (!set)
		return 0;
	if (!path_set_has(set, file->path) && !has_digest(set, &file->measured.whole) &&
	    !has_digest(set, &file->measured.verity) &&
	    !(file->has_unpacked && has_digest(set, &file->unpacked.whole)))
		return 0;
	return path_set_add(&build->left, file->path) < 0 ? -1 : 1;
}

/* Some user may have a file in the place of a program that he used. */
static void forgive(const struct build *build, struct build_file *file)
{
	if (build->options->used && !(file->kind & (RIVET_USE_EXEC | RIVET_USE_MMAP)))
		file->extra &= ~RIVET_USE_JIT;
}

/* Files that will not be listed lose their path. */
static int decide(struct build *build, struct build_file *file, struct err *err)
{
	uint32_t uses;
	int left;

	forgive(build, file);
	uses = uses_of(file);
	left = uses ? is_left_out(build, file) : 0;
	if (left < 0)
		return no_memory(err);
	if (!uses || left || file->replaced ||
	    (!file->packed && path_set_has(&build->listed, file->path)) ||
	    has_bad_name(build, file->path)) {
		free(file->path);
		file->path = NULL;
		return EXIT_OK;
	}
	if (file->archive)
		return refuse_archive(file->archive, file->path, err);
	if (path_set_add(&build->listed, file->path) < 0 ||
	    (file->loader && !file->used && path_set_add(&build->loaders, file->loader) < 0))
		return no_memory(err);
	return check_uses(file->path, uses, err);
}

static int decide_all(struct build *build, struct err *err)
{
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < build->found.count; i++)
		ret = decide(build, &build->found.items[i], err);
	return ret;
}

static int find_loaders(struct build *build, struct err *err)
{
	const char *path = build->loaders.text.data, *end = path + build->loaders.text.len;
	char real[RIVET_PATH_MAX];
	struct err unused;

	for (; path < end; path += strlen(path) + 1) {
		if (path_set_add(&build->loader_names, strrchr(path, '/') + 1) < 0)
			return no_memory(err);
		if (walk_resolve(&build->walk, path, real, &unused) ||
		    !path_set_has(&build->listed, real))
			continue;
		if (path_set_add(&build->real_loaders, real) < 0)
			return no_memory(err);
	}
	return EXIT_OK;
}

/* The links that lead to a loader are not followed in archives: there, its name tells. */
static bool is_loader(const struct build *build, const struct build_file *file)
{
	if (file->packed)
		return path_set_has(&build->loader_names, strrchr(file->path, '/') + 1);
	return path_set_has(&build->real_loaders, file->path);
}

/* Programs such as ldd(1) start a loader by hand to list dependencies. */
static uint32_t loader_uses(const struct build *build, const struct build_file *file)
{
	return file->kind & RIVET_USE_MMAP && is_loader(build, file) ? RIVET_USE_EXEC : 0;
}

static int add_all(struct build *build, struct err *err)
{
	struct build_file *file = build->found.items, *end = file + build->found.count;
	int ret = EXIT_OK;

	for (; !ret && file < end; file++) {
		if (file->path)
			ret = add_file(build, file, uses_of(file) | loader_uses(build, file), err);
	}
	return ret;
}

/* Users who start a program through a link need the target listed. */
static int take_link(struct walk *walk, int fd, const char *path, const char *target,
		     struct err *err)
{
	struct build *build = build_of(walk);

	if (path_set_has(&build->listed, target) || !kind_uses(fd, target))
		return EXIT_OK;
	if (build->loose_links++ < LINKS_SHOWN)
		err_warn(build->ctx, "%s leads to %s, which is not listed", err_name(path),
			 err_name(target));
	return EXIT_OK;
}

/* A name without wildcards may contain links, as PATH may. */
static int find_extra(struct build *build, size_t at, char real[RIVET_PATH_MAX], struct err *err)
{
	const struct build_extra *extra = &build->options->extras[at];
	char *path;
	int ret;

	real[0] = '\0';
	if (memchr(extra->glob, '*', extra->len))
		return EXIT_OK;
	path = strndup(extra->glob, extra->len);
	ret = path ? walk_resolve(&build->walk, path, real, err) : no_memory(err);
	free(path);
	return ret;
}

static int keep_real(struct build *build, size_t at, const char *real, struct err *err)
{
	build->real[at] = strdup(real);
	return build->real[at] ? EXIT_OK : no_memory(err);
}

/* One that is nowhere may be in an archive. A literal one is real: a link there is another's. */
static int resolve_extra(struct build *build, size_t at, struct err *err)
{
	char real[RIVET_PATH_MAX];
	int ret;

	if (build->options->extras[at].literal)
		return keep_real(build, at, build->options->extras[at].glob, err);
	ret = find_extra(build, at, real, err);

	if (ret || !*real)
		return ret == EXIT_CONFIG ? EXIT_OK : ret;
	return keep_real(build, at, real, err);
}

static int resolve_extras(struct build *build, struct err *err)
{
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < build->options->extra_count; i++)
		ret = resolve_extra(build, i, err);
	return ret;
}

static int check_extras(struct build *build, struct err *err)
{
	const struct build_options *options = build->options;
	char real[RIVET_PATH_MAX];
	size_t i;
	int ret;

	for (i = 0; i < options->extra_count; i++) {
		if (build->used[i] || options->extras[i].literal)
			continue;
		ret = find_extra(build, i, real, err);
		return ret ? ret :
			     err_set(err, EXIT_CONFIG,
				     "name it as PATH too, or its folder; a GLOB is compared with real paths, as manifest show prints them",
				     "%s %s: not among the files listed", options->extras[i].option,
				     err_name(options->extras[i].glob));
	}
	return EXIT_OK;
}

/* A mistyped glob would leave in the files that it means. */
static int check_excludes(const struct build *build, struct err *err)
{
	size_t i;

	for (i = 0; i < build->options->exclude_count; i++) {
		if (!build->excluded[i])
			return err_set(err, EXIT_CONFIG,
				       "a GLOB is compared with real paths, as manifest show prints them; ** stands for any part of a path",
				       "--exclude %s: no file there fits",
				       err_name(build->options->excludes[i]));
	}
	return EXIT_OK;
}

static int check_leftovers(struct build *build, struct err *err)
{
	if (build->loose_links > LINKS_SHOWN)
		err_warn(build->ctx, "%zu more links lead to files that are not listed",
			 build->loose_links - LINKS_SHOWN);
	if (build->bad_names && !build->options->skip_bad)
		return err_set(err, EXIT_CONFIG, "rename them, or leave them out with --skip-bad",
			       "cannot list %zu %s", build->bad_names,
			       build->bad_names == 1 ? "file: its name is not UTF-8" :
						       "files: their names are not UTF-8");
	return EXIT_OK;
}

/* By real paths, so that nobody has put a link there. */
static int take_used(struct build *build, struct err *err)
{
	struct build_file *file;
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < build->options->used_count; i++) {
		ret = build_take(build, build->options->used[i], 0, false, &file, err);
		if (!ret && file)
			file->used = true;
	}
	return ret;
}

static int walk_all(struct build *build, struct err *err)
{
	size_t i;
	int ret;

	ret = resolve_extras(build, err);
	for (i = 0; !ret && i < build->options->path_count; i++)
		ret = walk_add(&build->walk, build->options->paths[i], err);
	if (!ret)
		ret = take_used(build, err);
	if (!ret)
		ret = build_crew_run(build, err);
	if (!ret)
		ret = build_archives(build, err);
	if (!ret)
		ret = decide_all(build, err);
	if (!ret)
		ret = walk_links(&build->walk, err);
	if (!ret)
		ret = find_loaders(build, err);
	if (!ret)
		ret = add_all(build, err);
	if (!ret)
		ret = check_extras(build, err);
	if (!ret)
		ret = check_excludes(build, err);
	return ret ? ret : check_leftovers(build, err);
}

/**
 * build_run() - measure all files that the options name
 * @build: its @ctx and @options set, and @digests if more are wanted than
 * these say, the rest zero; release with build_end(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int build_run(struct build *build, struct err *err)
{
	int ret;

	build->walk.file = take_file;
	build->walk.link = take_link;
	if (build->options->digests != BUILD_WHOLE)
		build->digests |= MEASURE_VERITY;
	clock_gettime(CLOCK_MONOTONIC, &build->start);
	ret = check_root(build->options->root, err);
	if (ret)
		return ret;
	ret = walk_begin(&build->walk, build->options->root, err);
	if (!ret)
		ret = walk_all(build, err);
	walk_end(&build->walk);
	return ret;
}

/**
 * build_end() - release everything
 * @build: run
 */
void build_end(struct build *build)
{
	size_t i;

	for (i = 0; i < BUILD_EXTRAS_MAX; i++)
		free(build->real[i]);
	path_set_free(&build->listed);
	path_set_free(&build->left);
	path_set_free(&build->loaders);
	path_set_free(&build->real_loaders);
	path_set_free(&build->loader_names);
	build_files_free(&build->found);
	manifest_free(&build->list);
}

/**
 * build_seconds() - seconds since the start
 * @build: run
 *
 * Return: seconds.
 */
double build_seconds(const struct build *build)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - build->start.tv_sec + (now.tv_nsec - build->start.tv_nsec) / 1e9;
}
