/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/quote: values of PCRs that the TPM signs
 */
#ifndef _RIVET_EVIDENCE_QUOTE_H
#define _RIVET_EVIDENCE_QUOTE_H

#include <linux/types.h>

#include "evidence/command.h"

#define RIVET_QUOTE_ATTEST_MAX		512	/* bytes of a TPMS_ATTEST */
#define RIVET_QUOTE_SIGNATURE_MAX	1024	/* bytes of a signature: RSA 4096 has 518 */
#define RIVET_QUOTE_WHY_MAX		96	/* bytes of a reason, its end included */

/**
 * struct rivet_quote_signer - who will sign
 * @name: name of the key
 * @name_len: its bytes
 * @resets: resets of the TPM
 * @restarts: its restarts since the last reset
 */
struct rivet_quote_signer {
	u8 name[RIVET_TPM_NAME_MAX];
	size_t name_len;
	u32 resets;
	u32 restarts;
};

/**
 * struct rivet_quote - a quote
 * @pcrs: SHA-256 values of the PCRs
 * @attest: TPMS_ATTEST, which is signed
 * @attest_len: its bytes
 * @signature: TPMT_SIGNATURE
 * @signature_len: its bytes
 */
struct rivet_quote {
	u8 pcrs[RIVET_TPM_PCRS][RIVET_TPM_DIGEST];
	u8 attest[RIVET_QUOTE_ATTEST_MAX];
	size_t attest_len;
	u8 signature[RIVET_QUOTE_SIGNATURE_MAX];
	size_t signature_len;
};

int rivet_quote_check(void);
int rivet_quote_find_signer(struct rivet_quote_signer *signer, char why[RIVET_QUOTE_WHY_MAX]);
int rivet_quote_make(struct rivet_quote *quote, const u8 qualifying[RIVET_TPM_DIGEST],
		     char why[RIVET_QUOTE_WHY_MAX]);

#endif /* _RIVET_EVIDENCE_QUOTE_H */
