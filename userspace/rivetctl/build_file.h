/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - one file on its way into a manifest, and the facts about it
 */
#ifndef RIVETCTL_BUILD_FILE_H
#define RIVETCTL_BUILD_FILE_H

#include "build.h"

struct build_file *build_file_add(struct build_files *files, const char *path);
void build_files_free(struct build_files *files);
int build_file_examine(struct build_file *file, const struct build_options *options,
		       struct measurer *measurer, int fd, struct err *err);

#endif /* RIVETCTL_BUILD_FILE_H */
