/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: the event chain, see Documentation/formats.md
 */
#ifndef RIVET_EVIDENCE_CHAIN_H
#define RIVET_EVIDENCE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/event/decode.h"

#define EVENT_LINK_SIZE 32	/* bytes of a SHA-256 */

bool event_link_parse(struct rivet_slice text, uint8_t link[EVENT_LINK_SIZE]);
int event_link_make(const uint8_t before[EVENT_LINK_SIZE], const struct event *event,
		    uint8_t link[EVENT_LINK_SIZE]);

#endif /* RIVET_EVIDENCE_CHAIN_H */
