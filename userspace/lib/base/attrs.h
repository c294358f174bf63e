/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - parsing netlink messages: attributes into a struct, driven by a table
 *
 * Pure: bytes in, struct out; no socket, no allocation. It never reads outside
 * the bytes it is given.
 */
#ifndef RIVET_ATTRS_H
#define RIVET_ATTRS_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "text/parse.h"

/**
 * struct attr_field - the destination of an attribute
 * @type: required type: MNL_TYPE_U8 to U64 (stored in a number of that size),
 *	FLAG (not stored, see @present of attrs_decode()), NUL_STRING or BINARY
 *	(stored in a struct rivet_slice that points into the message); UNSPEC to
 *	ignore the attribute
 * @offset: offset of the member in the struct
 */
struct attr_field {
	enum mnl_attr_data_type type;
	size_t offset;
};

const struct nlmsghdr *attrs_next_message(const void **pos, size_t *left);
int attrs_decode(const void *payload, size_t len, const struct attr_field *fields, size_t count,
		 void *out, uint64_t *present);
int attrs_decode_genl(const struct nlmsghdr *nlh, const struct attr_field *fields, size_t count,
		      void *out, uint64_t *present);

#endif /* RIVET_ATTRS_H */
