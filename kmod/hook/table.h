/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/table: the attached hooks, and evidence that they work
 */
#ifndef _RIVET_HOOK_TABLE_H
#define _RIVET_HOOK_TABLE_H

#include <linux/types.h>

#include "policy/rules.h"

struct seq_file;

/** enum rivet_hook_state - evidence that a hook works */
enum rivet_hook_state {
	RIVET_HOOK_UNUSED,	/* not attached: the policy has no rule that needs it */
	RIVET_HOOK_DERIVED,	/* attached, but cannot be provoked by the probe */
	RIVET_HOOK_LIVE,	/* attached, and the probe has seen its call */
	RIVET_HOOK_MISSING,	/* the kernel has no such hook, or attaching failed */
	__RIVET_HOOK_STATE_MAX,
};

int rivet_hook_init(void);
void rivet_hook_exit(void);
int rivet_hook_add(const struct rivet_rules *rules);
int rivet_hook_want(const struct rivet_rules *rules);
enum rivet_hook_state rivet_hook_state(enum rivet_hook hook);
int rivet_hook_show(struct seq_file *m);

#endif /* _RIVET_HOOK_TABLE_H */
