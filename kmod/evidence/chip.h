/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/chip: the TPM that is there when the module is loaded
 */
#ifndef _RIVET_EVIDENCE_CHIP_H
#define _RIVET_EVIDENCE_CHIP_H

#include <linux/types.h>

#include "evidence/command.h"

struct rivet_log_digests;
struct tpm_buf;

/**
 * struct rivet_answer - the answer of the TPM to a command
 * @bytes: the answer with its header; valid until rivet_chip_drop()
 * @len: its bytes
 */
struct rivet_answer {
	const u8 *bytes;
	size_t len;
	/* private: */
	struct tpm_buf *buf;
};

void rivet_chip_take(void);
bool rivet_chip_is_tpm2(void);
bool rivet_chip_is_there(void);
bool rivet_chip_is_virtual(void);
int rivet_chip_read(u32 pcr, u8 value[RIVET_TPM_DIGEST]);
int rivet_chip_extend(u32 pcr, const struct rivet_log_digests *record);
int rivet_chip_hold(void);
int rivet_chip_send(const struct rivet_command *command, struct rivet_answer *answer);
void rivet_chip_drop(struct rivet_answer *answer);
void rivet_chip_let_go(void);
void rivet_chip_release(void);

#endif /* _RIVET_EVIDENCE_CHIP_H */
