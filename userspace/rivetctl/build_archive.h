/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the files in packages and archives, on their way into a manifest
 */
#ifndef RIVETCTL_BUILD_ARCHIVE_H
#define RIVETCTL_BUILD_ARCHIVE_H

#include "build.h"

int build_archives(struct build *build, struct err *err);

#endif /* RIVETCTL_BUILD_ARCHIVE_H */
