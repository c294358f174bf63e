/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - RIV sets that run out, and what then still works
 */
#ifndef RIVET_EXPIRY_H
#define RIVET_EXPIRY_H

#include "lib/base/file.h"
#include "policy/rules.h"

#define EXPIRY_SOON_DAYS	30	/* from then on there are warnings */

bool expiry_is_survivable(const struct rivet_rules *rules);
void expiry_text(s64 until, s64 now, struct buffer *out);
bool expiry_is_soon(s64 until, s64 now);

#endif /* RIVET_EXPIRY_H */
