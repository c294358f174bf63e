// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/packet: which packets an isolated machine lets through
 *
 * TCP and UDP between this machine and a listed peer, if the listed port is at either end.
 * Beside them only the protocols that reaching the peers needs, in the form that goes no further
 * than the link where there is one: ARP and neighbour discovery, DHCP by broadcast, multicast
 * listener reports, EAPOL, LACP, PPPoE and its own control protocols; and ICMP errors that
 * quote a packet which itself passes.
 *
 * IP options and all extension headers but those named here are dropped: by a source route a
 * packet goes on to others. Everything is read from the bytes alone, never from a length or a
 * type that a sender may set beside them.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "respond/packet.h"

#define TYPE_IPV4	0x0800
#define TYPE_ARP	0x0806
#define TYPE_VLAN	0x8100
#define TYPE_IPV6	0x86dd
#define TYPE_SLOW	0x8809	/* slow protocols, of which LACP is one */
#define TYPE_PPPOE_FIND	0x8863
#define TYPE_PPPOE	0x8864
#define TYPE_EAPOL	0x888e
#define TYPE_VLAN_OUTER	0x88a8

#define FRAME_HEADER	14
#define TAG_SIZE	4
#define TAGS_MAX	2
#define PPPOE_HEADER	8	/* with the protocol of PPP */
#define IPV4_HEADER	20
#define IPV6_HEADER	40
#define FRAGMENT_HEADER	8
#define ICMP_HEADER	8

#define PROTOCOL_HOPOPTS	0
#define PROTOCOL_ICMP		1
#define PROTOCOL_FRAGMENT	44
#define PROTOCOL_ICMPV6		58

/**
 * struct packet - an IP packet that is looked at
 * @isolation: uplinks and peers
 * @way: its direction
 * @v6: it is IPv6
 * @quoted: it is quoted in an ICMP error
 * @source: its source address
 * @dest: its destination address
 */
struct packet {
	const struct rivet_isolation *isolation;
	enum rivet_packet_way way;
	bool v6;
	bool quoted;
	const u8 *source;
	const u8 *dest;
};

static bool passes_ip(const struct rivet_isolation *isolation, enum rivet_packet_way way,
		      bool v6, bool quoted, const u8 *data, size_t len);

static u16 get_u16(const u8 *data)
{
	return data[0] << 8 | data[1];
}

static bool is_in_net(const struct rivet_peer *peer, const u8 *address)
{
	size_t whole = peer->bits / 8, rest = peer->bits % 8;

	if (memcmp(peer->address, address, whole))
		return false;
	return !rest || !((peer->address[whole] ^ address[whole]) >> (8 - rest));
}

/* The other end */
static const u8 *get_far(const struct packet *p)
{
	return p->way == RIVET_PACKET_OUT ? p->dest : p->source;
}

/* @ports: source and destination; NULL if they are in another fragment */
static bool is_listed(const struct packet *p, u8 protocol, const u8 *ports)
{
	size_t i;

	for (i = 0; i < p->isolation->peer_count; i++) {
		const struct rivet_peer *peer = &p->isolation->peers[i];

		if (peer->v6 == p->v6 && peer->protocol == protocol &&
		    (!ports || get_u16(ports) == peer->port ||
		     get_u16(ports + 2) == peer->port) &&
		    is_in_net(peer, get_far(p)))
			return true;
	}
	return false;
}

/* Some service of the other end is listed. */
static bool is_peer(const struct packet *p)
{
	return is_listed(p, RIVET_PROTOCOL_TCP, NULL) || is_listed(p, RIVET_PROTOCOL_UDP, NULL);
}

/* Requests go to the link only: an address renewed by unicast could be anywhere. */
static bool is_dhcp(const struct packet *p, const u8 *ports)
{
	static const u8 broadcast[4] = { 255, 255, 255, 255 };
	static const u8 servers[16] = { 0xff, 0x02, [13] = 1, [15] = 2 };
	const u16 client = p->v6 ? 546 : 68, server = p->v6 ? 547 : 67;

	if (p->quoted)
		return false;
	if (p->way == RIVET_PACKET_IN)
		return get_u16(ports) == server && get_u16(ports + 2) == client &&
		       (!p->v6 || (p->source[0] == 0xfe && (p->source[1] & 0xc0) == 0x80));
	return get_u16(ports) == client && get_u16(ports + 2) == server &&
	       !memcmp(p->dest, p->v6 ? servers : broadcast, p->v6 ? 16 : 4);
}

static bool passes_ports(const struct packet *p, u8 protocol, const u8 *data, size_t len)
{
	if (len < 4)
		return false;
	return is_listed(p, protocol, data) ||
	       (protocol == RIVET_PROTOCOL_UDP && is_dhcp(p, data));
}

/*
 * An error is about a packet that went the other way. One that leaves goes to a peer, and a
 * quoted packet is no error itself.
 */
static bool passes_error(const struct packet *p, const u8 *data, size_t len)
{
	const enum rivet_packet_way other = p->way == RIVET_PACKET_OUT ? RIVET_PACKET_IN :
									  RIVET_PACKET_OUT;

	if (p->quoted || (p->way == RIVET_PACKET_OUT && !is_peer(p)))
		return false;
	return passes_ip(p->isolation, other, p->v6, true, data + ICMP_HEADER, len - ICMP_HEADER);
}

static bool passes_icmp(const struct packet *p, const u8 *data, size_t len)
{
	if (len < ICMP_HEADER)
		return false;
	switch (data[0]) {
	case 3:		/* unreachable, and fragmentation needed */
	case 11:	/* time exceeded */
	case 12:	/* bad header */
		return passes_error(p, data, len);
	default:
		return false;
	}
}

/*
 * A hop limit of 255 shows that no router was between. Of a packet that leaves it shows nothing:
 * routers forward it. So that goes to the link itself, or to a peer.
 */
static bool stays_near(const struct packet *p)
{
	if (p->dest[0] == 0xff)
		return p->dest[1] == 0x02;
	return (p->dest[0] == 0xfe && (p->dest[1] & 0xc0) == 0x80) || is_peer(p);
}

static bool passes_icmpv6(const struct packet *p, u8 hops, const u8 *data, size_t len)
{
	if (len < ICMP_HEADER)
		return false;
	switch (data[0]) {
	case 1:		/* unreachable */
	case 2:		/* too big */
	case 3:		/* time exceeded */
	case 4:		/* bad header */
		return passes_error(p, data, len);
	case 133:	/* router solicitation and advertisement */
	case 134:
	case 135:	/* neighbour solicitation and advertisement */
	case 136:
		return !p->quoted && hops == 255 &&
		       (p->way == RIVET_PACKET_IN || stays_near(p));
	default:
		return false;
	}
}

/* Without reports of listeners, a switch may keep neighbour solicitations back. */
static bool passes_listener(const struct packet *p, u8 hops, const u8 *data, size_t len)
{
	if (len < 8 + ICMP_HEADER || data[0] != PROTOCOL_ICMPV6 || data[1] || hops != 1 ||
	    p->quoted || p->dest[0] != 0xff || p->dest[1] != 0x02)
		return false;
	data += 8;
	return data[0] == 130 || data[0] == 131 || data[0] == 132 || data[0] == 143;
}

static bool passes_ipv4(struct packet *p, const u8 *data, size_t len)
{
	u8 protocol;

	if (len < IPV4_HEADER || data[0] != 0x45)
		return false;
	protocol = data[9];
	p->source = data + 12;
	p->dest = data + 16;
	if (get_u16(data + 6) & 0x1fff)
		return !p->quoted && is_listed(p, protocol, NULL);
	data += IPV4_HEADER;
	len -= IPV4_HEADER;
	if (protocol == PROTOCOL_ICMP)
		return passes_icmp(p, data, len);
	return passes_ports(p, protocol, data, len);
}

static bool passes_ipv6(struct packet *p, const u8 *data, size_t len)
{
	u8 protocol, hops;

	if (len < IPV6_HEADER || data[0] >> 4 != 6)
		return false;
	protocol = data[6];
	hops = data[7];
	p->source = data + 8;
	p->dest = data + 24;
	data += IPV6_HEADER;
	len -= IPV6_HEADER;
	if (protocol == PROTOCOL_HOPOPTS)
		return passes_listener(p, hops, data, len);
	if (protocol == PROTOCOL_FRAGMENT) {
		if (len < FRAGMENT_HEADER)
			return false;
		protocol = data[0];
		if (get_u16(data + 2) & 0xfff8)
			return !p->quoted && is_listed(p, protocol, NULL);
		data += FRAGMENT_HEADER;
		len -= FRAGMENT_HEADER;
	}
	if (protocol == PROTOCOL_ICMPV6)
		return passes_icmpv6(p, hops, data, len);
	return passes_ports(p, protocol, data, len);
}

static bool passes_ip(const struct rivet_isolation *isolation, enum rivet_packet_way way,
		      bool v6, bool quoted, const u8 *data, size_t len)
{
	struct packet p = { .isolation = isolation, .way = way, .v6 = v6, .quoted = quoted };

	if (len < IPV4_HEADER)
		return false;
	return v6 ? passes_ipv6(&p, data, len) : passes_ipv4(&p, data, len);
}

/* PPP's own protocols, or the packet inside */
static bool passes_pppoe(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			 const u8 *data, size_t len)
{
	if (len < PPPOE_HEADER)
		return false;
	switch (get_u16(data + 6)) {
	case 0xc021:	/* LCP */
	case 0xc023:	/* PAP */
	case 0xc223:	/* CHAP */
	case 0x8021:	/* IPCP */
	case 0x8057:	/* IPV6CP */
		return true;
	case 0x0021:
		return passes_ip(isolation, way, false, false, data + PPPOE_HEADER,
				 len - PPPOE_HEADER);
	case 0x0057:
		return passes_ip(isolation, way, true, false, data + PPPOE_HEADER,
				 len - PPPOE_HEADER);
	default:
		return false;
	}
}

static bool passes_untagged(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			    u16 type, const u8 *data, size_t len)
{
	switch (type) {
	case TYPE_ARP:
	case TYPE_EAPOL:
	case TYPE_PPPOE_FIND:
		return true;
	case TYPE_SLOW:		/* LACP and its markers */
		return len && (data[0] == 1 || data[0] == 2);
	case TYPE_PPPOE:
		return passes_pppoe(isolation, way, data, len);
	case TYPE_IPV4:
		return passes_ip(isolation, way, false, false, data, len);
	case TYPE_IPV6:
		return passes_ip(isolation, way, true, false, data, len);
	default:
		return false;
	}
}

/**
 * rivet_packet_passes() - decide on a packet of a known type
 * @isolation: uplinks and peers
 * @way: its direction
 * @type: ethertype, in host order; one that nobody could set but by the packet's own bytes. Of a
 *	packet that has come in with several tags, the kernel has taken the outer one away, and this
 *	is that of the next
 * @data: the packet behind its link header, from its first byte
 * @len: bytes of @data; RIVET_PACKET_HEAD are enough
 *
 * Context: Any.
 * Return: true if it passes.
 */
bool rivet_packet_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			 u16 type, const u8 *data, size_t len)
{
	unsigned int tags;

	for (tags = 0; tags < TAGS_MAX && (type == TYPE_VLAN || type == TYPE_VLAN_OUTER); tags++) {
		if (len < TAG_SIZE)
			return false;
		type = get_u16(data + 2);
		data += TAG_SIZE;
		len -= TAG_SIZE;
	}
	return passes_untagged(isolation, way, type, data, len);
}

/**
 * rivet_packet_frame_passes() - decide on an Ethernet frame
 * @isolation: uplinks and peers
 * @way: its direction
 * @frame: the frame, from its first byte
 * @len: bytes of @frame; RIVET_PACKET_HEAD are enough
 *
 * Context: Any.
 * Return: true if it passes.
 */
bool rivet_packet_frame_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			       const u8 *frame, size_t len)
{
	if (len < FRAME_HEADER)
		return false;
	return rivet_packet_passes(isolation, way, get_u16(frame + FRAME_HEADER - 2),
				   frame + FRAME_HEADER, len - FRAME_HEADER);
}

/**
 * rivet_packet_raw_passes() - decide on an IP packet of a link without headers
 * @isolation: uplinks and peers
 * @way: its direction
 * @data: the packet, from its first byte
 * @len: bytes of @data; RIVET_PACKET_HEAD are enough
 *
 * Context: Any.
 * Return: true if it passes.
 */
bool rivet_packet_raw_passes(const struct rivet_isolation *isolation, enum rivet_packet_way way,
			     const u8 *data, size_t len)
{
	if (!len)
		return false;
	return passes_ip(isolation, way, data[0] >> 4 == 6, false, data, len);
}
