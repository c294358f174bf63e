/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - netlink messages taken apart, their attributes into a struct by a table
 *
 * Pure: bytes in, struct out; no socket, no allocation. Whatever the bytes,
 * nothing outside them is read.
 */
#ifndef RIVET_ATTRS_H
#define RIVET_ATTRS_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "text/parse.h"

/**
 * struct attr_field - where an attribute goes
 * @type: what it must be: MNL_TYPE_U8 to U64 (to a number of that size),
 *	FLAG (to nothing, see @present of attrs_decode()), NUL_STRING or BINARY
 *	(to a struct rivet_slice that points into the message); UNSPEC if the
 *	attribute is to be ignored
 * @offset: of the member in the struct
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
