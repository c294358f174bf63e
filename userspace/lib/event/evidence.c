// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: copies of quarantined files, from rivetd, for rivetctl
 */
#include <string.h>

#include "lib/event/evidence.h"

/**
 * evidence_name() - name the folder of the evidence about some bytes
 * @digest: their digest
 * @is_other: the copy has other bytes than these
 * @name: filled in: the digest, with - for :
 */
void evidence_name(const struct rivet_digest *digest, bool is_other, char name[EVIDENCE_NAME_MAX])
{
	char *c;

	rivet_digest_format(digest, name, RIVET_DIGEST_TEXT_MAX);
	for (c = name; *c; c++) {
		if (*c == ':')
			*c = '-';
	}
	if (is_other)
		strcpy(c, EVIDENCE_OTHER);
}
