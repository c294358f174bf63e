/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/reboot: a rule reboots the machine
 */
#ifndef _RIVET_RESPOND_REBOOT_H
#define _RIVET_RESPOND_REBOOT_H

#include <linux/types.h>

#include "respond/cause.h"

struct seq_file;

#define RIVET_REBOOT_WORD_MAX	64	/* bytes written to the file reboot */

bool rivet_reboot_comes_back(void);
void rivet_reboot_call_off(void);
void rivet_reboot_begin(const struct rivet_response_cause *cause);
int rivet_reboot_tell(const char *data, size_t len);
int rivet_reboot_show(struct seq_file *m);
void rivet_reboot_exit(void);

#endif /* _RIVET_RESPOND_REBOOT_H */
