/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - reboots by rules of the policy, counted beyond a boot
 */
#ifndef RIVETD_REBOOTS_H
#define RIVETD_REBOOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/file.h"
#include "lib/base/text.h"

#define REBOOTS_FOLDER	"/var/lib/rivet"
#define REBOOTS_FILE	REBOOTS_FOLDER "/reboots"

unsigned int reboots_count(struct rivet_slice text, uint64_t now, struct buffer *kept);
void reboots_tell(void);
void reboots_note(void);

#endif /* RIVETD_REBOOTS_H */
