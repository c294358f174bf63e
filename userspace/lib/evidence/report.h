/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: the text of a report, taken apart
 */
#ifndef RIVET_EVIDENCE_REPORT_H
#define RIVET_EVIDENCE_REPORT_H

#include <stdint.h>

#include <uapi/linux/rivet.h>

#include "evidence/command.h"
#include "text/parse.h"

#define REPORT_FILE_MAX		(64 * 1024)
#define REPORT_ATTEST_MAX	512
#define REPORT_SIGNATURE_MAX	1040

/** enum report_key - the keys of the signed lines, in their order */
enum report_key {
	REPORT_NONCE,
	REPORT_BOOT,
	REPORT_VERSION,
	REPORT_TPM,
	REPORT_AK,
	REPORT_RESETS,
	REPORT_PCR,
	REPORT_RECORDS,
	REPORT_MODE,
	REPORT_TRUST,
	REPORT_POLICY,
	REPORT_HOOKS,
	REPORT_REVOKED,
	REPORT_DENIED,
	REPORT_DEVIATIONS,
	REPORT_QUARANTINED,
	REPORT_ISOLATED,
	REPORT_FAULTS,
	REPORT_FLOORS,
	REPORT_VERIFY,
	REPORT_EVENTS,
	REPORT_SETS,
	__REPORT_KEY_MAX,
};

/**
 * struct report - a report; slices point into its text
 * @value: by enum report_key
 * @sets: the lines of the sets
 * @text: all that is signed
 * @nonce: nonce of the asker
 * @nonce_len: its bytes
 * @pcr: PCR of the measurement list, below RIVET_TPM_PCRS
 * @records: records of the list
 * @lost: records that are not in it
 * @why_unsigned: the reason; its @ptr is NULL in a signed report, which has the members below
 * @pcrs: SHA-256 values
 * @attest: TPMS_ATTEST
 * @attest_len: its bytes
 * @signature: TPMT_SIGNATURE
 * @signature_len: its bytes
 */
struct report {
	struct rivet_slice value[__REPORT_KEY_MAX];
	struct rivet_slice sets;
	struct rivet_slice text;
	uint8_t nonce[RIVET_REPORT_NONCE_MAX];
	size_t nonce_len;
	uint32_t pcr;
	uint64_t records;
	uint64_t lost;
	struct rivet_slice why_unsigned;
	uint8_t pcrs[RIVET_TPM_PCRS][RIVET_TPM_DIGEST];
	uint8_t attest[REPORT_ATTEST_MAX];
	size_t attest_len;
	uint8_t signature[REPORT_SIGNATURE_MAX];
	size_t signature_len;
};

bool report_parse(struct rivet_slice text, struct report *out, uint32_t *line);
bool report_parse_nonce(struct rivet_slice hex, uint8_t nonce[RIVET_REPORT_NONCE_MAX],
			size_t *len);

#endif /* RIVET_EVIDENCE_REPORT_H */
