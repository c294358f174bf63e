/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/log: the measurement list, and the values that a PCR has after it
 */
#ifndef _RIVET_EVIDENCE_LOG_H
#define _RIVET_EVIDENCE_LOG_H

#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct seq_file;

#define RIVET_LOG_RECORDS_MAX	4096	/* bounds kernel memory */

/**
 * struct rivet_log_digests - the digests of a record, which extend a PCR
 * @sha1: SHA-1 of its template data
 * @sha256: SHA-256 of its template data
 */
struct rivet_log_digests {
	u8 sha1[SHA1_DIGEST_SIZE];
	u8 sha256[SHA256_DIGEST_SIZE];
};

int rivet_log_check_pcr(void);
u32 rivet_log_pcr(void);
__printf(2, 3)
void rivet_log_add(const char *name, const char *fmt, ...);
void rivet_log_listen(void (*notify)(void));
bool rivet_log_get(u32 number, struct rivet_log_digests *out);
u32 rivet_log_count(u32 *lost);
int rivet_log_show_ascii(struct seq_file *m);
int rivet_log_show_binary(struct seq_file *m);
int rivet_log_show_count(struct seq_file *m);
int rivet_log_show_sha1(struct seq_file *m);
int rivet_log_show_sha256(struct seq_file *m);
void rivet_log_exit(void);

#endif /* _RIVET_EVIDENCE_LOG_H */
