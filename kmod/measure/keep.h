/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/keep: how many pages stay in memory, and when they are given back
 */
#ifndef _RIVET_MEASURE_KEEP_H
#define _RIVET_MEASURE_KEEP_H

#include <linux/types.h>

#include "object/policy_settings.h"

struct rivet_resident;

int rivet_keep_init(void);
void rivet_keep_exit(void);
void rivet_keep_set(enum rivet_resident_mode mode);
enum rivet_resident_mode rivet_keep_mode(void);

void rivet_keep_make_room(unsigned long pages);
struct rivet_resident *rivet_keep_alloc(unsigned long pages, bool again);
void rivet_keep_free(struct rivet_resident *r);
bool rivet_keep_add(struct rivet_resident *r);
void rivet_keep_remove(struct rivet_resident *r);
void rivet_keep_again(void);
void rivet_keep_look_soon(void);
const char *rivet_keep_figure(unsigned int which, u64 *value);

#endif /* _RIVET_MEASURE_KEEP_H */
