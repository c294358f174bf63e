/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - drafts of a set and a policy, out of the events and the files of a machine
 */
#ifndef RIVETCTL_LEARN_H
#define RIVETCTL_LEARN_H

#include "lib/event/decode.h"
#include "review.h"

#define LEARN_FILES_MAX	65536	/* files that the events add to the folders */

/**
 * struct learn - what the events say
 * @root: the root folder, open
 * @files: real paths of the files that were used, as the events name them
 * @values: the digest, a space and the path of each that an event has a digest of
 * @programs: real paths of programs that made memory executable
 * @review: marks so far
 * @over: files that are not in @files any more, as there are too many
 */
struct learn {
	int root;
	struct path_set files;
	struct path_set values;
	struct path_set programs;
	struct review review;
	uint64_t over;
};

int learn_event(const struct event *event, struct learn *learn, struct err *err);
int learn_options(struct learn *learn, struct build_options *options, struct err *err);
int learn_compare(struct learn *learn, const struct build *build, struct err *err);
void learn_free(struct learn *learn);

#endif /* RIVETCTL_LEARN_H */
