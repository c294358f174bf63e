/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: quotes of a TPM
 */
#ifndef RIVET_EVIDENCE_ATTEST_H
#define RIVET_EVIDENCE_ATTEST_H

#include <stdint.h>

#include "evidence/command.h"

#define ATTEST_ALG_RSASSA	0x0014
#define ATTEST_ALG_RSAPSS	0x0016
#define ATTEST_ALG_ECDSA	0x0018
#define ATTEST_ALG_SHA384	0x000c

/**
 * struct attest - a quote; its bytes are in the TPMS_ATTEST
 * @qualifying: bytes of the asker
 * @digest: digest over the values of the PCRs
 * @pcrs: a bit for each PCR in it, all of the SHA-256 bank
 * @resets: resets of the TPM
 * @restarts: its restarts since the last reset
 */
struct attest {
	struct rivet_bytes qualifying;
	struct rivet_bytes digest;
	uint32_t pcrs;
	uint32_t resets;
	uint32_t restarts;
};

/**
 * struct attest_signature - a signature; its bytes are in the TPMT_SIGNATURE
 * @alg: ATTEST_ALG_*
 * @hash: RIVET_TPM_ALG_SHA256 or ATTEST_ALG_SHA384
 * @first: of ECDSA r, else the signature
 * @second: of ECDSA s, else nothing
 */
struct attest_signature {
	uint16_t alg;
	uint16_t hash;
	struct rivet_bytes first;
	struct rivet_bytes second;
};

const char *attest_parse(struct rivet_bytes bytes, struct attest *out);
const char *attest_parse_signature(struct rivet_bytes bytes, struct attest_signature *out);

#endif /* RIVET_EVIDENCE_ATTEST_H */
