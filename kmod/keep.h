/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - keep: how many pages stay in memory, and who gets them back
 */
#ifndef _RIVET_KEEP_H
#define _RIVET_KEEP_H

#include <linux/types.h>

#include "policy_settings.h"

struct rivet_resident;

/**
 * struct rivet_keep_totals - what is held, and what became of it since loading
 * @files: measured files whose pages are held now
 * @pages: their pages
 * @given_back: pages that were given back because memory was short or nobody used them
 * @again: files that were measured again for that
 * @refused: measurements whose pages were not held, since too many were
 */
struct rivet_keep_totals {
	u64 files;
	u64 pages;
	u64 given_back;
	u64 again;
	u64 refused;
};

int rivet_keep_init(void);
void rivet_keep_exit(void);
void rivet_keep_set(enum rivet_resident_mode mode);
enum rivet_resident_mode rivet_keep_mode(void);

struct rivet_resident *rivet_keep_alloc(unsigned long pages, bool again);
void rivet_keep_free(struct rivet_resident *r);
bool rivet_keep_add(struct rivet_resident *r);
void rivet_keep_remove(struct rivet_resident *r);
void rivet_keep_again(void);
void rivet_keep_look_soon(void);
void rivet_keep_count(struct rivet_keep_totals *out);

#endif /* _RIVET_KEEP_H */
