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

#define BUILD_EXTRAS_MAX 64	/* --jit PATH and --use GLOB=USES of one call */

/** enum build_digests - which reference values a file gets */
enum build_digests {
	BUILD_WHOLE,		/* SHA-256 over the whole file */
	BUILD_BOTH,		/* and its fs-verity digest, as a second entry */
	BUILD_VERITY,		/* only the fs-verity digest */
};

/**
 * struct build_extra - uses that some files get beside those found by what is in them
 * @option: that asked for it, for messages
 * @glob: absolute path inside the root; @len bytes, may have wildcards
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
 * struct build_options - what to measure, and how
 * @root: folder that is / on the gateway
 * @digests: which ones
 * @uses: for all files, whatever they are; 0: by what they are
 * @any_path: the files may lie anywhere on the gateway
 * @skip_bad: leave out files whose names a manifest cannot hold
 * @extras: further uses of some of them
 * @extra_count: how many
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
	char **paths;
	size_t path_count;
};

/**
 * struct build - measuring in progress
 * @walk: must be first
 * @ctx: of the verb
 * @options: what to do
 * @list: entries so far
 * @listed: real paths of the files in it
 * @loaders: dynamic loaders that these name, each with a NUL after it
 * @real: real paths of those of @options->extras that have no wildcards, else NULL
 * @used: those that some file listed has fitted
 * @files: files measured
 * @bytes: bytes measured
 * @bad_names: files whose names a manifest cannot hold
 * @loose_links: links that lead to files not in @list
 * @shown: when progress was last shown
 * @start: when all began
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
