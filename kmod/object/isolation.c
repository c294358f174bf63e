// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - object/isolation: the peers that an isolated machine still reaches
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "object/isolation.h"

#define EXPECTED_UPLINK	"the name of one network device that stays open: 1 to 15 characters without / : and blanks; not lo"
#define EXPECTED_PEER	"ADDR[/LEN]:PORT/tcp or /udp, an IPv6 address in brackets: 192.0.2.7:8883/tcp, [2001:db8::/32]:51820/udp; LEN at least 8 for IPv4, 32 for IPv6, and no bits of ADDR behind it"
#define EXPECTED_PROGRAM	"the path of one program, from / on, at most 255 characters without blanks"
#define TWICE		"each isolate-uplink= and isolate-allow= once, and one isolate-notify="
#define BITS_MIN_V4	8	/* a whole address family is no list of peers */
#define BITS_MIN_V6	32
#define GROUPS		8	/* of an IPv6 address */

static bool is_name_char(char c)
{
	return (u8)c > ' ' && (u8)c < 0x7f && c != '/' && c != ':';
}

static const char *read_uplink(struct rivet_isolation *isolation, struct rivet_slice value)
{
	char *name;
	size_t i;

	if (isolation->uplink_count >= RIVET_UPLINKS_MAX)
		return "at most 8 lines SET isolate-uplink=";
	name = isolation->uplinks[isolation->uplink_count];
	if (!value.len || value.len >= RIVET_IFNAME_MAX || rivet_slice_equal(value, "lo") ||
	    value.ptr[0] == '.')
		return EXPECTED_UPLINK;
	for (i = 0; i < value.len; i++)
		if (!is_name_char(value.ptr[i]))
			return EXPECTED_UPLINK;
	for (i = 0; i < isolation->uplink_count; i++)
		if (rivet_slice_equal(value, isolation->uplinks[i]))
			return TWICE;
	memcpy(name, value.ptr, value.len);
	name[value.len] = '\0';
	isolation->uplink_count++;
	return NULL;
}

static bool take_number(struct rivet_slice text, u64 max, u64 *number)
{
	return !rivet_parse_u64(text.ptr, text.len, number) && *number <= max;
}

static bool read_v4(struct rivet_slice text, u8 *address)
{
	struct rivet_slice part;
	u64 number;
	int i;

	for (i = 0; i < 4; i++) {
		if (i < 3 && !rivet_slice_take_until(&text, '.', &part))
			return false;
		if (!take_number(i < 3 ? part : text, 255, &number))
			return false;
		address[i] = number;
	}
	return true;
}

static bool read_group(struct rivet_slice text, u8 *out)
{
	u32 value = 0;
	size_t i;

	if (!text.len || text.len > 4)
		return false;
	for (i = 0; i < text.len; i++) {
		unsigned int digit = (u8)text.ptr[i] - '0';
		unsigned int letter = (u8)(text.ptr[i] | 0x20) - 'a';

		if (digit > 9 && letter > 5)
			return false;
		value = value << 4 | (digit > 9 ? letter + 10 : digit);
	}
	out[0] = value >> 8;
	out[1] = value;
	return true;
}

/* Reads groups between ':' into @out. Returns their number, or -EBADMSG. */
static int read_groups(struct rivet_slice text, u8 *out, int max)
{
	struct rivet_slice part;
	int count = 0;
	bool more;

	if (!text.len)
		return 0;
	do {
		more = rivet_slice_take_until(&text, ':', &part);
		if (count == max || !read_group(more ? part : text, out + 2 * count))
			return -EBADMSG;
		count++;
	} while (more);
	return count;
}

/* The place of "::", or the length of the text */
static size_t find_gap(struct rivet_slice text)
{
	size_t i;

	for (i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == ':' && text.ptr[i + 1] == ':')
			return i;
	return text.len;
}

static bool read_v6(struct rivet_slice text, u8 *address)
{
	struct rivet_slice left = { .ptr = text.ptr, .len = find_gap(text) }, right;
	u8 tail[RIVET_ADDRESS_SIZE];
	int before, after;

	memset(address, 0, RIVET_ADDRESS_SIZE);
	before = read_groups(left, address, GROUPS);
	if (left.len == text.len)
		return before == GROUPS;
	right.ptr = text.ptr + left.len + 2;
	right.len = text.len - left.len - 2;
	after = read_groups(right, tail, GROUPS);
	if (before < 0 || after < 0 || before + after >= GROUPS)
		return false;
	memcpy(address + 2 * (GROUPS - after), tail, 2 * after);
	return true;
}

/* Bits that do not count would make two texts of one meaning. */
static bool has_more_bits(const struct rivet_peer *peer)
{
	int i;

	for (i = peer->bits; i < (peer->v6 ? 128 : 32); i++)
		if (peer->address[i / 8] & 0x80 >> i % 8)
			return true;
	return false;
}

/* ADDR or ADDR/LEN */
static bool read_net(struct rivet_slice text, struct rivet_peer *peer)
{
	u64 bits = peer->v6 ? 128 : 32;
	struct rivet_slice address;

	if (rivet_slice_take_until(&text, '/', &address)) {
		if (!take_number(text, bits, &bits))
			return false;
	} else {
		address = text;
	}
	peer->bits = bits;
	return bits >= (peer->v6 ? BITS_MIN_V6 : BITS_MIN_V4) &&
	       (peer->v6 ? read_v6(address, peer->address) : read_v4(address, peer->address)) &&
	       !has_more_bits(peer);
}

/* PORT/tcp or PORT/udp */
static bool read_service(struct rivet_slice text, struct rivet_peer *peer)
{
	struct rivet_slice port;
	u64 number;

	if (!rivet_slice_take_until(&text, '/', &port) || !take_number(port, 65535, &number) ||
	    !number)
		return false;
	peer->port = number;
	if (rivet_slice_equal(text, "tcp"))
		peer->protocol = RIVET_PROTOCOL_TCP;
	else if (rivet_slice_equal(text, "udp"))
		peer->protocol = RIVET_PROTOCOL_UDP;
	return peer->protocol;
}

static bool read_text(struct rivet_slice text, struct rivet_peer *peer)
{
	struct rivet_slice net;

	peer->v6 = rivet_slice_take_prefix(&text, "[");
	if (!rivet_slice_take_until(&text, peer->v6 ? ']' : ':', &net))
		return false;
	if (peer->v6 && !rivet_slice_take_prefix(&text, ":"))
		return false;
	return read_net(net, peer) && read_service(text, peer);
}

static bool is_same(const struct rivet_peer *a, const struct rivet_peer *b)
{
	return a->v6 == b->v6 && a->bits == b->bits && a->protocol == b->protocol &&
	       a->port == b->port && !memcmp(a->address, b->address, sizeof(a->address));
}

static const char *read_peer(struct rivet_isolation *isolation, struct rivet_slice value)
{
	struct rivet_peer peer = {};
	size_t i;

	if (isolation->peer_count == RIVET_PEERS_MAX)
		return "at most 64 lines SET isolate-allow=";
	if (!read_text(value, &peer))
		return EXPECTED_PEER;
	for (i = 0; i < isolation->peer_count; i++)
		if (is_same(&isolation->peers[i], &peer))
			return TWICE;
	isolation->peers[isolation->peer_count++] = peer;
	return NULL;
}

static const char *read_notify(struct rivet_isolation *isolation, struct rivet_slice value)
{
	size_t i;

	if (*isolation->notify)
		return TWICE;
	if (value.len < 2 || value.len >= RIVET_NOTIFY_MAX || value.ptr[0] != '/')
		return EXPECTED_PROGRAM;
	for (i = 0; i < value.len; i++)
		if ((u8)value.ptr[i] <= ' ' || (u8)value.ptr[i] >= 0x7f)
			return EXPECTED_PROGRAM;
	memcpy(isolation->notify, value.ptr, value.len);
	isolation->notify[value.len] = '\0';
	return NULL;
}

/**
 * rivet_isolation_read() - read a line SET isolate-uplink=, isolate-allow= or isolate-notify=
 * @isolation: the line is added to it
 * @field: "name=value"; once the name is known only the value is left in it
 * @line: its line
 * @expected: receives NULL, or a description of the expected text at the start of @field
 *
 * Context: Any.
 * Return: true if the field has one of these names.
 */
bool rivet_isolation_read(struct rivet_isolation *isolation, struct rivet_slice *field, u32 line,
			  const char **expected)
{
	if (rivet_slice_take_prefix(field, "isolate-uplink="))
		*expected = read_uplink(isolation, *field);
	else if (rivet_slice_take_prefix(field, "isolate-allow="))
		*expected = read_peer(isolation, *field);
	else if (rivet_slice_take_prefix(field, "isolate-notify="))
		*expected = read_notify(isolation, *field);
	else
		return false;
	if (!isolation->line)
		isolation->line = line;
	return true;
}
