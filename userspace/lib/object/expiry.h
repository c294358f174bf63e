/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - RIV sets that expire, and the programs that then still start
 */
#ifndef RIVET_EXPIRY_H
#define RIVET_EXPIRY_H

#include "lib/base/file.h"
#include "policy/rules.h"

#define EXPIRY_SOON_DAYS	30	/* days before expiry from which warnings are given */

bool expiry_is_survivable(const struct rivet_rules *rules);
void expiry_text(s64 until, s64 now, struct buffer *out);
bool expiry_is_soon(s64 until, s64 now);

#endif /* RIVET_EXPIRY_H */
