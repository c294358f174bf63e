/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/pinned: pages of a file that are written to without it
 */
#ifndef _RIVET_MEASURE_PINNED_H
#define _RIVET_MEASURE_PINNED_H

#include <linux/types.h>

struct address_space;
struct folio;

bool rivet_pinned_is(struct folio *folio);
int rivet_pinned_check(struct address_space *mapping);

#endif /* _RIVET_MEASURE_PINNED_H */
