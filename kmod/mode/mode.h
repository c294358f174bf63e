/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - mode/mode: audit or enforce
 */
#ifndef _RIVET_MODE_H
#define _RIVET_MODE_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/rivet.h>

extern bool rivet_mode_enforce_value;

/**
 * rivet_mode_is_enforce() - check whether verdicts are enforced
 *
 * Context: any; costs one load.
 * Return: true in enforce mode, confirmed or not.
 */
static inline bool rivet_mode_is_enforce(void)
{
	return READ_ONCE(rivet_mode_enforce_value);
}

bool rivet_mode_enter_enforce(void);
void rivet_mode_enter_audit(void);

#endif /* _RIVET_MODE_H */
