/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/command: commands for a TPM 2.0, and its answers, as bytes
 */
#ifndef _RIVET_EVIDENCE_COMMAND_H
#define _RIVET_EVIDENCE_COMMAND_H

#include <linux/types.h>

#define RIVET_TPM_PCRS		16	/* PCRs that a quote is about: those from 0 on */
#define RIVET_TPM_DIGEST	32	/* bytes of a SHA-256 */
#define RIVET_TPM_NAME_MAX	66	/* bytes of a key's name: algorithm, and a digest */

#define RIVET_TPM_NO_SESSIONS	0x8001
#define RIVET_TPM_SESSIONS	0x8002
#define RIVET_TPM_ALG_SHA256	0x000b
#define RIVET_TPM_ALG_NULL	0x0010
#define RIVET_TPM_RS_PW		0x40000009	/* a password, here an empty one */
#define RIVET_TPM_CC_QUOTE	0x00000158
#define RIVET_TPM_CC_READ_PUBLIC 0x00000173
#define RIVET_TPM_CC_PCR_READ	0x0000017e
#define RIVET_TPM_CC_READ_CLOCK	0x00000181

#define RIVET_COMMAND_MAX	96	/* bytes of a command behind its header */
#define RIVET_COMMAND_HEADER	10	/* bytes of the header of commands and answers */

/**
 * struct rivet_command - a command
 * @tag: with or without a session
 * @code: the command
 * @len: bytes of @body
 * @body: the bytes behind the header
 */
struct rivet_command {
	u16 tag;
	u32 code;
	u16 len;
	u8 body[RIVET_COMMAND_MAX];
};

/**
 * struct rivet_bytes - a run of bytes inside an answer
 * @at: the first
 * @len: their number
 */
struct rivet_bytes {
	const u8 *at;
	size_t len;
};

void rivet_command_read_public(struct rivet_command *command, u32 key);
void rivet_command_read_clock(struct rivet_command *command);
void rivet_command_read_pcrs(struct rivet_command *command, u32 pcrs);
void rivet_command_quote(struct rivet_command *command, u32 key, u32 pcrs,
			 const u8 qualifying[RIVET_TPM_DIGEST]);
int rivet_command_take_name(const u8 *answer, size_t len, struct rivet_bytes *name);
int rivet_command_take_resets(const u8 *answer, size_t len, u32 *resets, u32 *restarts);
int rivet_command_take_pcrs(const u8 *answer, size_t len, u32 *pcrs,
			    u8 values[RIVET_TPM_PCRS][RIVET_TPM_DIGEST]);
int rivet_command_take_quote(const u8 *answer, size_t len, struct rivet_bytes *attest,
			     struct rivet_bytes *signature);

#endif /* _RIVET_EVIDENCE_COMMAND_H */
