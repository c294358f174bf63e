/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - a file that fails: from the request of the agent to the end
 */
#ifndef RIVET_REMEDY_JOB_H
#define RIVET_REMEDY_JOB_H

#include <stdint.h>

#include "settings.h"

#define JOB_SUFFIX	".job"
#define JOB_DONE	(-1)
#define JOB_ROOT	"/proc/1/root"

/**
 * struct jobs - the folders of jobs
 * @settings: configuration
 * @queue: folder with a file for each job
 * @tries: folder with the attempts for each file
 * @root: descriptor of JOB_ROOT; -1 if it cannot be opened
 */
struct jobs {
	const struct settings *settings;
	const char *queue;
	const char *tries;
	int root;
};

int64_t job_work(const struct jobs *jobs, const char *name);

#endif /* RIVET_REMEDY_JOB_H */
