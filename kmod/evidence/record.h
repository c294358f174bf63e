/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/record: a record of the measurement list, in the form of IMA
 */
#ifndef _RIVET_EVIDENCE_RECORD_H
#define _RIVET_EVIDENCE_RECORD_H

#include <linux/types.h>

#include "text/parse.h"

#define RIVET_RECORD_TEMPLATE	"ima-buf"
#define RIVET_RECORD_PCR	13
#define RIVET_RECORD_DIGEST	32	/* bytes of a SHA-256 */
#define RIVET_RECORD_NAME_MAX	16	/* bytes of a name, its end included */
#define RIVET_RECORD_TEXT_MAX	256	/* bytes of a text, its end included */
/* Three fields, each with its length before it. */
#define RIVET_RECORD_DATA_MAX	(3 * 4 + sizeof("sha256:") + RIVET_RECORD_DIGEST + \
				 RIVET_RECORD_NAME_MAX + RIVET_RECORD_TEXT_MAX)

size_t rivet_record_data(const char *name, struct rivet_slice text,
			 const u8 digest[RIVET_RECORD_DIGEST], u8 out[RIVET_RECORD_DATA_MAX]);

#endif /* _RIVET_EVIDENCE_RECORD_H */
