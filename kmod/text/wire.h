/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/wire: numbers and bytes out of a structure of a TPM, never beyond its end
 *
 * A TPM's numbers are big-endian. Missing bytes are read as zero, and @is_short says so.
 */
#ifndef _RIVET_TEXT_WIRE_H
#define _RIVET_TEXT_WIRE_H

#include <linux/types.h>

/**
 * struct rivet_wire - the rest of a structure
 * @at: the next byte
 * @left: bytes from there
 * @is_short: more was asked for than there is
 */
struct rivet_wire {
	const u8 *at;
	size_t left;
	bool is_short;
};

static inline const u8 *rivet_wire_bytes(struct rivet_wire *wire, size_t len)
{
	const u8 *at = wire->at;

	if (len > wire->left) {
		wire->left = 0;
		wire->is_short = true;
		return NULL;
	}
	wire->at += len;
	wire->left -= len;
	return at;
}

static inline u64 rivet_wire_number(struct rivet_wire *wire, unsigned int size)
{
	const u8 *bytes = rivet_wire_bytes(wire, size);
	u64 number = 0;

	while (bytes && size--)
		number = number << 8 | *bytes++;
	return number;
}

/* A TPM2B: bytes with their number, of 16 bits, before them. */
static inline const u8 *rivet_wire_sized(struct rivet_wire *wire, size_t *len)
{
	const u8 *at;

	*len = rivet_wire_number(wire, 2);
	at = rivet_wire_bytes(wire, *len);
	if (!at)
		*len = 0;
	return at;
}

#endif /* _RIVET_TEXT_WIRE_H */
