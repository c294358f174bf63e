/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - examining the files of a manifest on all processors
 */
#ifndef RIVETCTL_BUILD_CREW_H
#define RIVETCTL_BUILD_CREW_H

#include "build_file.h"

int build_crew_run(struct build *build, struct err *err);

#endif /* RIVETCTL_BUILD_CREW_H */
