/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - an entry of the kernel's quarantine list, for people and for programs
 */
#ifndef RIVET_USER_QUARANTINE_H
#define RIVET_USER_QUARANTINE_H

#include "lib/base/json.h"
#include "quarantine/line.h"

/**
 * struct quarantine_texts - the texts of an entry
 * @digest: as a manifest has it
 * @version: of the policy, X.Y.Z
 * @time: RFC 3339
 */
struct quarantine_texts {
	char digest[RIVET_DIGEST_TEXT_MAX];
	char version[24];
	char time[32];
};

bool quarantine_next(struct rivet_slice *text, struct rivet_quarantined *entry);
void quarantine_texts(const struct rivet_quarantined *entry, struct quarantine_texts *texts);
void quarantine_json(struct json *json, const struct rivet_quarantined *entry);

#endif /* RIVET_USER_QUARANTINE_H */
