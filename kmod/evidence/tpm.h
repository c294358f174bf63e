/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - evidence/tpm: the measurement list extended into a PCR
 */
#ifndef _RIVET_EVIDENCE_TPM_H
#define _RIVET_EVIDENCE_TPM_H

#include <linux/list.h>
#include <linux/types.h>

struct seq_file;

/**
 * struct rivet_tpm_job - work for the work item that talks to the TPM
 * @node: in the list of jobs until it is run
 * @run: does it, may sleep, and may free the job
 */
struct rivet_tpm_job {
	struct list_head node;
	void (*run)(struct rivet_tpm_job *job);
};

void rivet_tpm_begin(void);
u32 rivet_tpm_settle(void);
void rivet_tpm_run(struct rivet_tpm_job *job);
void rivet_tpm_flush(void);
bool rivet_tpm_is_leaving(void);
const char *rivet_tpm_word(void);
int rivet_tpm_show(struct seq_file *m);
void rivet_tpm_exit(void);

#endif /* _RIVET_EVIDENCE_TPM_H */
