// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/count: N failures within so many seconds
 */
#include <linux/string.h>

#include "respond/count.h"

/**
 * rivet_respond_count_one() - count a failure
 * @count: those before
 * @now: seconds of a clock that nobody sets
 * @after: number of failures that are enough, 1 to RIVET_AFTER_MAX; always the same for @count
 * @within: seconds within which they come
 *
 * Context: Any; the caller serializes.
 * Return: true if this is the one that makes them enough. Counting then begins anew.
 */
bool rivet_respond_count_one(struct rivet_respond_count *count, u64 now, u8 after, u32 within)
{
	count->times[count->next] = now;
	count->next = (count->next + 1) % after;
	if (count->seen < after)
		count->seen++;
	/* The oldest of them is now where the next one goes. */
	if (count->seen < after || now - count->times[count->next] > within)
		return false;
	memset(count, 0, sizeof(*count));
	return true;
}
