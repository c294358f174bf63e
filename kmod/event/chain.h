/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - event/chain: the digest of each event over the one before
 */
#ifndef _RIVET_EVENT_CHAIN_H
#define _RIVET_EVENT_CHAIN_H

#include <linux/types.h>

#define RIVET_CHAIN_SIZE	32	/* bytes of a SHA-256 */

struct rivet_event;

void rivet_chain_digest(const struct rivet_event *event, u8 digest[RIVET_CHAIN_SIZE]);
void rivet_chain_extend(u8 chain[RIVET_CHAIN_SIZE], u64 seq, const u8 digest[RIVET_CHAIN_SIZE]);

#endif /* _RIVET_EVENT_CHAIN_H */
