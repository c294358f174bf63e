/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - pinned: pages of a file that are written to without it
 */
#ifndef _RIVET_PINNED_H
#define _RIVET_PINNED_H

struct address_space;

int rivet_pinned_check(struct address_space *mapping);

#endif /* _RIVET_PINNED_H */
