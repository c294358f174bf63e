/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/tpm: the measurement list extended into a PCR
 */
#ifndef _RIVET_EVIDENCE_TPM_H
#define _RIVET_EVIDENCE_TPM_H

struct seq_file;

void rivet_tpm_begin(void);
const char *rivet_tpm_word(void);
int rivet_tpm_show(struct seq_file *m);
void rivet_tpm_exit(void);

#endif /* _RIVET_EVIDENCE_TPM_H */
