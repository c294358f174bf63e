/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/isolate: when the machine is taken off the network, and how that ends
 */
#ifndef _RIVET_RESPOND_ISOLATE_H
#define _RIVET_RESPOND_ISOLATE_H

#include <linux/types.h>

#include "policy/active.h"
#include "respond/cause.h"
#include "text/names.h"

struct seq_file;

#define RIVET_ISOLATION_WORD_MAX	64	/* bytes written to the file isolation */

int rivet_isolate_init(void);
void rivet_isolate_exit(void);
int rivet_isolate_arm(const struct rivet_policy *policy);
void rivet_isolate_begin(const struct rivet_response_cause *cause);
void rivet_isolate_end(const char *why);
bool rivet_isolate_is_in_force(void);
int rivet_isolate_restore(const char *data, size_t len);
u32 rivet_isolate_ended(void);
int rivet_isolate_show(struct seq_file *m);

#endif /* _RIVET_RESPOND_ISOLATE_H */
