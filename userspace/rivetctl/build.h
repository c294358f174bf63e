/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - measuring files into a list of manifest entries
 */
#ifndef RIVETCTL_BUILD_H
#define RIVETCTL_BUILD_H

#include <stdint.h>
#include <time.h>

#include "lib/base/path_set.h"
#include "lib/manifest/archive.h"
#include "lib/manifest/manifest.h"
#include "lib/manifest/measure.h"
#include "lib/manifest/walk.h"
#include "verbs.h"

#define BUILD_EXCLUDES_MAX 64	/* --exclude GLOB of one call */
#define BUILD_EXTRAS_MAX 64	/* --jit PATH and --use GLOB=USES of one call */

/** enum build_digests - the reference values of a file */
enum build_digests {
	BUILD_WHOLE,		/* SHA-256 over the whole file */
	BUILD_BOTH,		/* also its fs-verity digest, as a second entry */
	BUILD_VERITY,		/* only the fs-verity digest */
};

/**
 * struct build_extra - further uses of some files, beside those found by content
 * @option: the option that asked for it, for messages
 * @glob: absolute path inside the root, @len bytes; may have wildcards
 * @len: its length
 * @uses: bits of enum rivet_use
 * @literal: @glob is a path, also with a "*" in it; if the file there is neither program nor
 *	library, or there is none, that is no error
 */
struct build_extra {
	const char *option;
	const char *glob;
	size_t len;
	uint32_t uses;
	bool literal;
};

/**
 * struct build_options - the files to measure, and how
 * @root: folder that is / on the gateway
 * @digests: the reference values of each file
 * @uses: uses of all files; 0: found by content
 * @any_path: the entries fit any path on the gateway
 * @skip_bad: leave out files whose names do not fit into a manifest
 * @extras: further uses of some of them
 * @extra_count: how many
 * @excludes: globs of files to leave out, compared with real paths
 * @exclude_count: how many
 * @paths: files and folders
 * @path_count: how many
 * @used: real paths of further files, which a user may have chosen: each is listed only by its
 *	own content, and not at all if that fails
 * @used_count: how many
 * @left_out: paths, and digests as in a manifest, of files that are not listed; or NULL
 */
struct build_options {
	const char *root;
	enum build_digests digests;
	uint32_t uses;
	bool any_path;
	bool skip_bad;
	struct build_extra extras[BUILD_EXTRAS_MAX];
	size_t extra_count;
	const char *excludes[BUILD_EXCLUDES_MAX];
	size_t exclude_count;
	char **paths;
	size_t path_count;
	const char **used;
	size_t used_count;
	const struct path_set *left_out;
};

/**
 * struct build_file - a file that was found
 * @path: its real path on the gateway
 * @size: its bytes when it was found
 * @named: asked for by name, so that it is listed in any case
 * @used: it is one of @used of the options
 * @examined: the members below are set
 * @packed: it is in an archive, where the same path can have other content than elsewhere
 * @replaced: it is not listed: others have its name or its content
 * @extra: uses that the command line gives to it
 * @kind: uses by its content, or those of --use for all files
 * @archive: its kind, if it has no use and is a package, an archive or an image
 * @measured: its digests; none if it will not be listed
 * @unpacked: those of its content, if @has_unpacked
 * @has_unpacked: it is a compressed module
 * @loader: the dynamic loader that it names; NULL for none
 * @remark: why it could not be unpacked; NULL if it could
 */
struct build_file {
	char *path;
	uint64_t size;
	bool named;
	bool used;
	bool examined;
	bool packed;
	bool replaced;
	uint32_t extra;
	uint32_t kind;
	const struct archive_kind *archive;
	struct measurement measured;
	struct measurement unpacked;
	bool has_unpacked;
	char *loader;
	char *remark;
};

/**
 * struct build_files - files in the order in which they were found; all zero is none
 * @items: the files
 * @count: how many
 * @size: number of items allocated
 */
struct build_files {
	struct build_file *items;
	size_t count;
	size_t size;
};

/**
 * struct build - a measuring in progress
 * @walk: must be first
 * @ctx: context of the verb
 * @options: the command line
 * @digests: bits of enum measure_digest
 * @found: the files that were found
 * @list: entries so far
 * @listed: real paths of the files in it
 * @left: those that are not in it for @left_out of the options
 * @loaders: dynamic loaders named by these files, as they name them
 * @real_loaders: real paths of the loaders that are listed
 * @loader_names: the last components of @loaders
 * @real: real paths of @options->extras without wildcards, NULL for others
 * @used: the extras that match some listed file
 * @excluded: the globs that fit some file
 * @files: files measured
 * @bytes: bytes measured
 * @used_bytes: bytes of the files of @used of the options that were taken
 * @bad_names: number of files whose names do not fit into a manifest
 * @loose_links: links that lead to files not in @list
 * @start: time of the start
 */
struct build {
	struct walk walk;
	struct context *ctx;
	const struct build_options *options;
	unsigned int digests;
	struct build_files found;
	struct manifest_list list;
	struct path_set listed;
	struct path_set left;
	struct path_set loaders;
	struct path_set real_loaders;
	struct path_set loader_names;
	char *real[BUILD_EXTRAS_MAX];
	bool used[BUILD_EXTRAS_MAX];
	bool excluded[BUILD_EXCLUDES_MAX];
	size_t files;
	uint64_t bytes;
	uint64_t used_bytes;
	size_t bad_names;
	size_t loose_links;
	struct timespec start;
};

int build_take(struct build *build, const char *path, uint64_t size, bool named,
	       struct build_file **file, struct err *err);
int build_run(struct build *build, struct err *err);
void build_end(struct build *build);
double build_seconds(const struct build *build);

#endif /* RIVETCTL_BUILD_H */
