/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/evidence: the file by which the agent takes the files of new entries
 */
#ifndef _RIVET_SURFACE_EVIDENCE_H
#define _RIVET_SURFACE_EVIDENCE_H

struct file_operations;

extern const struct file_operations rivet_evidence_ops;

#endif /* _RIVET_SURFACE_EVIDENCE_H */
