/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/control: changes of mode, policy and trust by the operator
 */
#ifndef _RIVET_CONTROL_H
#define _RIVET_CONTROL_H

#include <linux/types.h>

struct seq_file;

#define RIVET_CONFIRM_MAX	86400	/* seconds that an enforce may wait for its confirmation */

int rivet_control_init(void);
void rivet_control_exit(void);

int rivet_control_load_policy(const void *data, size_t len);
int rivet_control_seal(void);
int rivet_control_set_mode(const char *text, size_t len);
int rivet_control_show_preconditions(struct seq_file *m);

#endif /* _RIVET_CONTROL_H */
