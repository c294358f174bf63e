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

static bool has_digest(int fd, const char *path, const struct rivet_digest *digest)
{
	bool is_verity = digest->alg == RIVET_DIGEST_VERITY_SHA256;
	struct measurer *measurer = measurer_new(is_verity ? MEASURE_VERITY : 0);
	struct measurement m;
	struct err unused;
	bool has;

	if (!measurer)
		return false;
	has = !measurer_fd(measurer, fd, path, &m, &unused) &&
	      rivet_digest_equal(is_verity ? &m.verity : &m.whole, digest);
	measurer_free(measurer);
	return has;
}

/**
 * kept_find() - look for the agent's copy of the file of an entry
 * @entry: the entry
 * @kept: filled in
 */
void kept_find(const struct rivet_quarantined *entry, struct kept *kept)
{
	char name[EVIDENCE_NAME_MAX];
	struct config config;
	struct err unused;
	int fd = -1;

	*kept = (struct kept){ 0 };
	if (config_read(NULL, &config, &unused) || !*config.evidence)
		return;
	evidence_name(&entry->digest, name);
	if (snprintf(kept->path, sizeof(kept->path), "%s/%s/" EVIDENCE_CONTENT, config.evidence,
		     name) < (int)sizeof(kept->path))
		fd = open(kept->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		*kept->path = '\0';
		return;
	}
	kept->is_intact = has_digest(fd, kept->path, &entry->digest);
	close(fd);
}
