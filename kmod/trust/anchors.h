/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - anchors: the certificates that are built in, or that the kernel command line names
 */
#ifndef _RIVET_TRUST_ANCHORS_H
#define _RIVET_TRUST_ANCHORS_H

#include <linux/types.h>

#include "text/digest.h"

void rivet_anchors_read(const char *line);
bool rivet_anchors_are_named(void);
bool rivet_anchors_has(const struct rivet_digest *digest);
bool rivet_anchors_has_built_in(const struct rivet_digest *digest);
u32 rivet_anchors_count(void);
const char *rivet_anchors_why_not(bool ca);

#endif /* _RIVET_TRUST_ANCHORS_H */
