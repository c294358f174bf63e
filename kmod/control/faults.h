/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/faults: parts of the configuration that are not in force
 */
#ifndef _RIVET_CONTROL_FAULTS_H
#define _RIVET_CONTROL_FAULTS_H

#include <linux/types.h>

struct seq_file;

#define RIVET_FAULTS_TEXT_MAX	512	/* bytes of one write */

u32 rivet_faults_count(void);
int rivet_faults_write(const char *text, size_t len);
int rivet_faults_show(struct seq_file *m);

#endif /* _RIVET_CONTROL_FAULTS_H */
