// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - which packets an isolated machine lets through, tested
 */
#include <string.h>

#include "respond/packet.h"
#include "unit.h"

static struct rivet_isolation left;
static u8 frame[RIVET_PACKET_HEAD];
static size_t len;

static void add(const void *bytes, size_t count)
{
	memcpy(frame + len, bytes, count);
	len += count;
}

#define ADD(...) add((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void link_header(u16 type)
{
	len = 0;
	ADD(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, type >> 8, type & 255);
}

static void ports(u16 from, u16 to)
{
	ADD(from >> 8, from & 255, to >> 8, to & 255, 0, 0, 0, 0);
}

/* The last byte of an address: 7 is the peer's, 1 this machine's */
static void ipv4(u8 first, u16 fragment, u8 protocol, u8 from, u8 to)
{
	ADD(first, 0, 0, 40, 0, 0, fragment >> 8, fragment & 255, 64, protocol, 0, 0,
	    192, 0, 2, from, 192, 0, 2, to);
}

static void ipv6(u8 protocol, u8 hops, u8 from, u8 to)
{
	ADD(0x60, 0, 0, 0, 0, 20, protocol, hops, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, from, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, to);
}

static void expect(bool want, enum rivet_packet_way way, const char *label)
{
	size_t i, whole = len;

	unit_eq(rivet_packet_frame_passes(&left, way, frame, len), want, "%s", label);
	/* No length may be read beyond its end: the sanitizer sees it. */
	for (i = 0; i < whole; i++) {
		u8 *copy = (u8 *)unit_copy(frame, i);

		rivet_packet_frame_passes(&left, way, copy, i);
		free(copy);
	}
}

static void tcp4(const char *label, bool want, enum rivet_packet_way way, u8 from, u8 to,
		 u16 source, u16 dest)
{
	link_header(0x0800);
	ipv4(0x45, 0, 6, from, to);
	ports(source, dest);
	expect(want, way, label);
}

static void test_peers(void)
{
	tcp4("to the peer", true, RIVET_PACKET_OUT, 1, 7, 40000, 8883);
	tcp4("from the peer", true, RIVET_PACKET_IN, 7, 1, 8883, 40000);
	tcp4("the peer's connection to this service", true, RIVET_PACKET_IN, 7, 1, 40000, 8883);
	tcp4("to another address", false, RIVET_PACKET_OUT, 1, 8, 40000, 8883);
	tcp4("to another port", false, RIVET_PACKET_OUT, 1, 7, 40000, 443);
	tcp4("from another address", false, RIVET_PACKET_IN, 8, 1, 8883, 40000);
	tcp4("with the peer's address as source", false, RIVET_PACKET_OUT, 7, 8, 8883, 8883);
	link_header(0x0800);
	ipv4(0x45, 0, 17, 1, 7);
	ports(40000, 8883);
	expect(false, RIVET_PACKET_OUT, "another protocol");
	link_header(0x0800);
	ipv4(0x46, 0, 6, 1, 7);
	ADD(0x83, 4, 0, 0);
	ports(40000, 8883);
	expect(false, RIVET_PACKET_OUT, "with IP options");
	link_header(0x0800);
	ipv4(0x45, 185, 6, 1, 7);
	ports(1, 2);
	expect(true, RIVET_PACKET_OUT, "a later fragment to the peer");
	link_header(0x0800);
	ipv4(0x45, 185, 6, 1, 8);
	ports(1, 2);
	expect(false, RIVET_PACKET_OUT, "a later fragment to another");
	link_header(0x86dd);
	ipv6(17, 64, 1, 7);
	ports(40000, 53);
	expect(true, RIVET_PACKET_OUT, "IPv6 to the peer");
	link_header(0x86dd);
	ipv6(6, 64, 1, 7);
	ports(40000, 53);
	expect(false, RIVET_PACKET_OUT, "IPv6, another protocol");
	link_header(0x86dd);
	ipv6(44, 64, 1, 7);
	ADD(17, 0, 0, 1, 0, 0, 0, 0);
	ports(40000, 53);
	expect(true, RIVET_PACKET_OUT, "an IPv6 fragment to the peer");
	link_header(0x86dd);
	ipv6(43, 64, 1, 7);
	ADD(17, 0, 0, 0, 0, 0, 0, 0);
	ports(40000, 53);
	expect(false, RIVET_PACKET_OUT, "a routing header");
}

/* The first bytes of the destination tell how far it goes. */
static void neighbour(bool want, u8 first, u8 second, const char *label)
{
	link_header(0x86dd);
	ipv6(58, 255, 1, 8);
	frame[len - 16] = first;
	frame[len - 15] = second;
	ADD(135, 0, 0, 0, 0, 0, 0, 0);
	expect(want, RIVET_PACKET_OUT, label);
}

/* TCP to or from port 8883, in so many tags */
static void stacked(unsigned int tags, u8 from, u8 to)
{
	link_header(tags > 1 ? 0x88a8 : 0x8100);
	while (--tags)
		ADD(0, 5, 0x81, 0);
	ADD(0, 6, 8, 0);
	ipv4(0x45, 0, 6, from, to);
	ports(from == 7 ? 8883 : 40000, from == 7 ? 40000 : 8883);
}

static void test_link(void)
{
	static const u16 types[] = { 0x0806, 0x888e, 0x8863 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		link_header(types[i]);
		ADD(0, 1);
		expect(true, RIVET_PACKET_OUT, "ARP, EAPOL, PPPoE discovery");
	}
	link_header(0x8809);
	ADD(1, 1);
	expect(true, RIVET_PACKET_OUT, "LACP");
	link_header(0x8809);
	ADD(10, 1);
	expect(false, RIVET_PACKET_OUT, "another slow protocol");
	link_header(0x88cc);
	ADD(1, 1);
	expect(false, RIVET_PACKET_OUT, "LLDP");
	link_header(0x8100);
	ADD(0, 5, 0x08, 0);
	ipv4(0x45, 0, 6, 1, 7);
	ports(40000, 8883);
	expect(true, RIVET_PACKET_OUT, "to the peer in a VLAN");
	link_header(0x8100);
	ADD(0, 5, 0x08, 0);
	ipv4(0x45, 0, 6, 1, 8);
	ports(40000, 8883);
	expect(false, RIVET_PACKET_OUT, "to another in a VLAN");
	stacked(2, 1, 7);
	expect(true, RIVET_PACKET_OUT, "to the peer in a VLAN of a VLAN");
	stacked(2, 1, 8);
	expect(false, RIVET_PACKET_OUT, "to another in a VLAN of a VLAN");
	stacked(3, 1, 7);
	expect(false, RIVET_PACKET_OUT, "in one more");
	stacked(2, 7, 1);
	unit_ok(rivet_packet_passes(&left, RIVET_PACKET_IN, 0x8100, frame + 18, len - 18),
		"from the peer in a VLAN of a VLAN, whose outer tag the kernel has taken away");
	stacked(2, 8, 1);
	unit_ok(!rivet_packet_passes(&left, RIVET_PACKET_IN, 0x8100, frame + 18, len - 18),
		"from another likewise");
	link_header(0x8864);
	ADD(0x11, 0, 0, 1, 0, 4, 0xc0, 0x21);
	expect(true, RIVET_PACKET_OUT, "LCP");
	link_header(0x8864);
	ADD(0x11, 0, 0, 1, 0, 4, 0, 0x21);
	ipv4(0x45, 0, 6, 1, 8);
	ports(40000, 8883);
	expect(false, RIVET_PACKET_OUT, "to another in PPPoE");
	link_header(0x86dd);
	ipv6(58, 255, 1, 8);
	ADD(135, 0, 0, 0, 0, 0, 0, 0);
	expect(false, RIVET_PACKET_OUT, "neighbour solicitation to a far address");
	link_header(0x86dd);
	ipv6(58, 255, 1, 7);
	ADD(135, 0, 0, 0, 0, 0, 0, 0);
	expect(true, RIVET_PACKET_OUT, "neighbour solicitation to the peer");
	link_header(0x86dd);
	ipv6(58, 64, 1, 7);
	ADD(135, 0, 0, 0, 0, 0, 0, 0);
	expect(false, RIVET_PACKET_OUT, "one with another hop limit");
	neighbour(true, 0xff, 0x02, "to the link's group");
	neighbour(true, 0xfe, 0x80, "to the link's address");
	neighbour(false, 0xff, 0x05, "to the site's group");
	neighbour(false, 0xfe, 0xc0, "to the site's address");
	link_header(0x86dd);
	ipv6(58, 64, 1, 7);
	ADD(128, 0, 0, 0, 0, 0, 0, 0);
	expect(false, RIVET_PACKET_OUT, "ping");
}

static void dhcp(bool want, const u8 to[4], const char *label)
{
	link_header(0x0800);
	ipv4(0x45, 0, 17, 1, 8);
	memcpy(frame + len - 4, to, 4);
	ports(68, 67);
	expect(want, RIVET_PACKET_OUT, label);
}

static void error(bool want, u8 to, u8 quoted, const char *label)
{
	link_header(0x0800);
	ipv4(0x45, 0, 1, 1, to);
	ADD(3, 4, 0, 0, 0, 0, 0, 0);
	ipv4(0x45, 0, 6, quoted, 1);
	ports(8883, 40000);
	expect(want, RIVET_PACKET_OUT, label);
}

static void test_helpers(void)
{
	dhcp(true, (const u8[]){ 255, 255, 255, 255 }, "DHCP by broadcast");
	dhcp(false, (const u8[]){ 192, 0, 2, 9 }, "DHCP to an address");
	error(true, 7, 7, "an error about the peer's packet");
	error(false, 8, 7, "one sent to another");
	error(false, 7, 8, "one about another's packet");
	link_header(0x0800);
	ipv4(0x45, 0, 1, 9, 1);
	ADD(3, 4, 0, 0, 0, 0, 0, 0);
	ipv4(0x45, 0, 6, 1, 7);
	ports(40000, 8883);
	expect(true, RIVET_PACKET_IN, "a router's error about a packet to the peer");
}

int main(void)
{
	left.peer_count = 2;
	left.peers[0] = (struct rivet_peer){
		.bits = 32, .protocol = RIVET_PROTOCOL_TCP, .port = 8883,
		.address = { 192, 0, 2, 7 },
	};
	left.peers[1] = (struct rivet_peer){
		.v6 = true, .bits = 128, .protocol = RIVET_PROTOCOL_UDP, .port = 53,
		.address = { 0x20, 1, 0x0d, 0xb8, [15] = 7 },
	};
	test_peers();
	test_link();
	test_helpers();
	return unit_done();
}
