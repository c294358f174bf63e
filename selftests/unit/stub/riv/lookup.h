/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: init's root
 */
#ifndef _RIVET_STUB_RIV_LOOKUP_H
#define _RIVET_STUB_RIV_LOOKUP_H

#include <linux/types.h>

struct path;

bool rivet_lookup_init_root(struct path *root);

#endif /* _RIVET_STUB_RIV_LOOKUP_H */
