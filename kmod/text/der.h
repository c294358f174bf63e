/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - DER: the elements that signatures and certificates consist of
 */
#ifndef _RIVET_TEXT_DER_H
#define _RIVET_TEXT_DER_H

#include <linux/types.h>

/* Identifier octets */
#define RIVET_DER_INTEGER	0x02
#define RIVET_DER_BITS		0x03
#define RIVET_DER_OCTETS	0x04
#define RIVET_DER_NULL		0x05
#define RIVET_DER_OID		0x06
#define RIVET_DER_SEQUENCE	0x30
#define RIVET_DER_SET		0x31

/**
 * struct rivet_der - a run of DER elements being read
 * @ptr: next byte
 * @len: bytes left
 */
struct rivet_der {
	const u8 *ptr;
	size_t len;
};

bool rivet_der_take(struct rivet_der *in, u8 want, struct rivet_der *value);
bool rivet_der_take_integer(struct rivet_der *in, struct rivet_der *value);
bool rivet_der_next_is(const struct rivet_der *in, u8 first, u8 last);
bool rivet_der_is_well_formed(struct rivet_der in);

#endif /* _RIVET_TEXT_DER_H */
