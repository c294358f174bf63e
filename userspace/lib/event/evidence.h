/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: copies of quarantined files, from rivetd, for rivetctl
 *
 * The folder has a folder for each digest, with the files "content" and "record.json".
 */
#ifndef RIVET_USER_EVIDENCE_H
#define RIVET_USER_EVIDENCE_H

#include <stddef.h>

#include "text/digest.h"

#define EVIDENCE_CONTENT	"content"
#define EVIDENCE_RECORD		"record.json"

/* A digest, with - for : */
#define EVIDENCE_NAME_MAX	RIVET_DIGEST_TEXT_MAX

void evidence_name(const struct rivet_digest *digest, char name[EVIDENCE_NAME_MAX]);

#endif /* RIVET_USER_EVIDENCE_H */
