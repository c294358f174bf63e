/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - object/isolation: the peers that an isolated machine still reaches
 *
 *	SET isolate-uplink=eth0
 *	SET isolate-notify=/usr/lib/m2m/isolated
 *	SET isolate-allow=192.0.2.7:8883/tcp
 *	SET isolate-allow=[2001:db8::/32]:51820/udp
 */
#ifndef _RIVET_OBJECT_ISOLATION_H
#define _RIVET_OBJECT_ISOLATION_H

#include "text/parse.h"

#define RIVET_UPLINKS_MAX	8	/* devices that stay open */
#define RIVET_PEERS_MAX		64	/* of one policy */
#define RIVET_IFNAME_MAX	16	/* bytes of a name, its end included: IFNAMSIZ */
#define RIVET_NOTIFY_MAX	256	/* bytes of the path of a program, its end included */
#define RIVET_ADDRESS_SIZE	16	/* bytes of an IPv6 address; an IPv4 one has the first 4 */

/* As in IPv4 and IPv6 headers */
#define RIVET_PROTOCOL_TCP	6
#define RIVET_PROTOCOL_UDP	17

/**
 * struct rivet_peer - a service that is still reached, or may still reach this machine
 * @v6: an IPv6 address
 * @bits: of @address that count
 * @protocol: RIVET_PROTOCOL_TCP or RIVET_PROTOCOL_UDP
 * @port: of the service, at either end; in host order
 * @address: network order; the bits that do not count are 0
 */
struct rivet_peer {
	bool v6;
	u8 bits;
	u8 protocol;
	u16 port;
	u8 address[RIVET_ADDRESS_SIZE];
};

/**
 * struct rivet_isolation - the lines SET isolate-*= of a policy
 * @uplink_count: number of @uplinks
 * @peer_count: number of @peers
 * @line: the first of these lines; 0 if there is none
 * @notify: path of the program that is told before, terminated; empty if there is none
 * @uplinks: names of network devices, terminated
 * @peers: the services
 */
struct rivet_isolation {
	size_t uplink_count;
	size_t peer_count;
	u32 line;
	char notify[RIVET_NOTIFY_MAX];
	char uplinks[RIVET_UPLINKS_MAX][RIVET_IFNAME_MAX];
	struct rivet_peer peers[RIVET_PEERS_MAX];
};

bool rivet_isolation_read(struct rivet_isolation *isolation, struct rivet_slice *field, u32 line,
			  const char **expected);

#endif /* _RIVET_OBJECT_ISOLATION_H */
