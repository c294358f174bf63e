/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/closed: mappings into which nothing is read
 */
#ifndef _RIVET_MEASURE_CLOSED_H
#define _RIVET_MEASURE_CLOSED_H

#include <linux/types.h>

struct address_space;

int rivet_closed_close(struct address_space *mapping);
void rivet_closed_open(struct address_space *mapping);
bool rivet_closed_is(const struct address_space *mapping);
void rivet_closed_exit(void);

#endif /* _RIVET_MEASURE_CLOSED_H */
