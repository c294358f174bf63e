/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: copies of quarantined files, from rivetd, for rivetctl
 *
 * The folder has a folder for each digest, with the files "content" and "record.json". A copy that
 * turned out to have other bytes than those that failed is in one of another name.
 */
#ifndef RIVET_USER_EVIDENCE_H
#define RIVET_USER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/digest.h"

#define EVIDENCE_CONTENT	"content"
#define EVIDENCE_RECORD		"record.json"

#define EVIDENCE_OTHER		".other"	/* after the digest: the bytes are others */

/* A digest, with - for :, and EVIDENCE_OTHER */
#define EVIDENCE_NAME_MAX	(RIVET_DIGEST_TEXT_MAX + sizeof(EVIDENCE_OTHER))

void evidence_name(const struct rivet_digest *digest, bool is_other, char name[EVIDENCE_NAME_MAX]);

#endif /* RIVET_USER_EVIDENCE_H */
