/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/packet: which packets an isolated machine lets through
 */
#ifndef _RIVET_RESPOND_PACKET_H
#define _RIVET_RESPOND_PACKET_H

#include "object/isolation.h"

#define RIVET_PACKET_HEAD	192	/* bytes of a packet that are looked at */

/** enum rivet_packet_way - the direction of a packet */
enum rivet_packet_way {
	RIVET_PACKET_IN,
	RIVET_PACKET_OUT,
};

bool rivet_packet_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			 u16 type, const u8 *data, size_t len);
bool rivet_packet_frame_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			       const u8 *frame, size_t len);
bool rivet_packet_raw_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			     const u8 *data, size_t len);

#endif /* _RIVET_RESPOND_PACKET_H */
