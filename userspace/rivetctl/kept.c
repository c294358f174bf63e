// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the agent's copy of a quarantined file
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "kept.h"
#include "lib/base/config.h"
#include "lib/event/evidence.h"
#include "lib/manifest/measure.h"

/* Opens the copy with the bytes that failed, or the one with other bytes. */
static int open_copy(const char *folder, const struct rivet_digest *digest, bool is_other,
		     struct kept *kept)
{
	char name[EVIDENCE_NAME_MAX];

	evidence_name(digest, is_other, name);
	if (snprintf(kept->path, sizeof(kept->path), "%s/%s/" EVIDENCE_CONTENT, folder, name) >=
	    (int)sizeof(kept->path))
		return -1;
	return open(kept->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/**
 * kept_find() - look for the agent's copy of the file of an entry
 * @entry: the entry
 * @kept: filled in
 */
void kept_find(const struct rivet_quarantined *entry, struct kept *kept)
{
	struct config config;
	struct err unused;
	int fd;

	*kept = (struct kept){ 0 };
	if (config_read(NULL, &config, &unused) || !*config.evidence)
		return;
	fd = open_copy(config.evidence, &entry->digest, false, kept);
	if (fd < 0)
		fd = open_copy(config.evidence, &entry->digest, true, kept);
	if (fd < 0) {
		*kept->path = '\0';
		return;
	}
	if (measure_compare(fd, kept->path, &entry->digest, &kept->is_intact, &unused))
		kept->is_intact = false;
	close(fd);
}
