/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - drafts of a set and a policy, out of the events and the files of a machine
 */
#ifndef RIVETCTL_LEARN_H
#define RIVETCTL_LEARN_H

#include "lib/event/decode.h"
#include "review.h"

#define LEARN_FILES_MAX	65536	/* files that the events add to those of the folders */

/**
 * struct learn - what the events say
 * @root: the root folder, open
 * @folders: where the build looks for files
 * @folder_count: how many
 * @inside: real paths of the files in them that were used, as the events name them
 * @outside: those of other files
 * @values: the digest, a space and the path of each that an event has a digest of
 * @programs: paths of verified programs that made memory executable
 * @bad: paths and digests of files that are revoked or quarantined
 * @review: marks so far
 * @over: files that are not in @outside any more, as there are too many
 */
struct learn {
	int root;
	char **folders;
	size_t folder_count;
	struct path_set inside;
	struct path_set outside;
	struct path_set values;
	struct path_set programs;
	struct path_set bad;
	struct review review;
	uint64_t over;
};

int learn_event(const struct event *event, struct learn *learn, struct err *err);
unsigned int learn_digests(const struct learn *learn);
int learn_options(struct learn *learn, struct build_options *options, struct err *err);
int learn_finish(struct learn *learn, const struct build *build, struct err *err);
void learn_free(struct learn *learn);

#endif /* RIVETCTL_LEARN_H */
