/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/count: N failures within so many seconds
 */
#ifndef _RIVET_RESPOND_COUNT_H
#define _RIVET_RESPOND_COUNT_H

#include "policy/rules.h"

/**
 * struct rivet_respond_count - the last failures by one rule
 * @times: when they came, in seconds; a ring of as many as the rule's after=
 * @next: place of the next one
 * @seen: number of valid places
 */
struct rivet_respond_count {
	u64 times[RIVET_AFTER_MAX];
	u8 next;
	u8 seen;
};

bool rivet_respond_count_one(struct rivet_respond_count *count, u64 now, u8 after, u32 within);

#endif /* _RIVET_RESPOND_COUNT_H */
