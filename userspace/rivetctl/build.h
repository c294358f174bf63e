/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - measuring files into a list of manifest entries
 */
#ifndef RIVETCTL_BUILD_H
#define RIVETCTL_BUILD_H

#include <stdint.h>
#include <time.h>

#include "lib/base/path_set.h"
#include "lib/manifest/manifest.h"
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
 */
struct build_extra {
	const char *option;
	const char *glob;
	size_t len;
	uint32_t uses;
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
};

/**
 * struct build - a measuring in progress
 * @walk: must be first
 * @ctx: context of the verb
 * @options: the command line
 * @list: entries so far
 * @listed: real paths of the files in it
 * @loaders: dynamic loaders named by these files, each with a NUL after it
 * @real: real paths of @options->extras without wildcards, NULL for others
 * @used: the extras that match some listed file
 * @excluded: the globs that fit some file
 * @files: files measured
 * @bytes: bytes measured
 * @bad_names: number of files whose names do not fit into a manifest
 * @loose_links: links that lead to files not in @list
 * @shown: time of the last progress line
 * @start: time of the start
 */
struct build {
	struct walk walk;
	struct context *ctx;
	const struct build_options *options;
	struct manifest_list list;
	struct path_set listed;
	struct path_set loaders;
	char *real[BUILD_EXTRAS_MAX];
	bool used[BUILD_EXTRAS_MAX];
	bool excluded[BUILD_EXCLUDES_MAX];
	size_t files;
	uint64_t bytes;
	size_t bad_names;
	size_t loose_links;
	struct timespec shown;
	struct timespec start;
};

int build_run(struct build *build, struct err *err);
void build_end(struct build *build);
double build_seconds(const struct build *build);

#endif /* RIVETCTL_BUILD_H */
