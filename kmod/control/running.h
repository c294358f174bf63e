/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/running: when the programs that run already are looked at
 */
#ifndef _RIVET_CONTROL_RUNNING_H
#define _RIVET_CONTROL_RUNNING_H

#include <linux/types.h>

struct seq_file;

#define RIVET_RUNNING_WORD_MAX	16	/* bytes of a write to the file running */

int rivet_running_init(void);
void rivet_running_close(void);
void rivet_running_exit(void);
void rivet_running_enforced(void);
int rivet_running_write(const char *data, size_t len);
int rivet_running_show(struct seq_file *m);

#endif /* _RIVET_CONTROL_RUNNING_H */
