/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - writing the manifest of a build, or the manifests that it is divided into
 */
#ifndef RIVETCTL_BUILD_OUTPUT_H
#define RIVETCTL_BUILD_OUTPUT_H

#include "build.h"
#include "review.h"

#define BUILD_OUTPUT_PARTS_MAX 64	/* sets of one build, of the 256 that the kernel takes */

/**
 * struct build_output - what to write
 * @ctx: context of the verb
 * @headers: headers of the manifest
 * @path: file to write; NULL for standard output
 * @parts: sets to divide the files into, each with a number behind name and file; 0: one
 *	without
 * @withdraws: the manifest is empty, and withdraws the set or revocation
 * @review: findings to print as well; NULL for none
 */
struct build_output {
	struct context *ctx;
	const struct manifest_headers *headers;
	const char *path;
	u32 parts;
	bool withdraws;
	const struct review *review;
};

int build_output_check(const struct build_output *output, struct err *err);
int build_output_write(const struct build_output *output, struct build *build, struct err *err);

#endif /* RIVETCTL_BUILD_OUTPUT_H */
