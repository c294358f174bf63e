/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: whether a TPM's key has signed a report
 */
#ifndef RIVET_EVIDENCE_SIGNED_H
#define RIVET_EVIDENCE_SIGNED_H

#include <openssl/evp.h>

#include "lib/base/err.h"
#include "lib/evidence/attest.h"
#include "lib/evidence/report.h"

struct evp_pkey_st *signed_read_key(const char *path, struct err *err);
int signed_check(const struct report *report, EVP_PKEY *key, struct attest *attest,
		 struct err *err);

#endif /* RIVET_EVIDENCE_SIGNED_H */
