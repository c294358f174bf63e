// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - parsing netlink messages: attributes into a struct, driven by a table
 */
#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>

#include "lib/base/attrs.h"

/**
 * attrs_next_message() - take the next message of a datagram
 * @pos: its start; moved past it
 * @left: bytes from there to the end of the datagram; reduced
 *
 * Instead of mnl_nlmsg_ok(), which accepts a length of 2 GiB and more because
 * it treats it as negative.
 *
 * Return: the message; NULL at the end, or if the rest is not a message.
 */
const struct nlmsghdr *attrs_next_message(const void **pos, size_t *left)
{
	const struct nlmsghdr *nlh = *pos;
	size_t step;

	if (*left < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > *left)
		return NULL;
	step = MNL_ALIGN((size_t)nlh->nlmsg_len);
	if (step > *left)
		step = *left;
	*pos = (const char *)*pos + step;
	*left -= step;
	return nlh;
}

/* The length must match the type exactly: libmnl's own check accepts longer ones. */
static bool length_fits(const struct nlattr *attr, enum mnl_attr_data_type type)
{
	size_t len = mnl_attr_get_payload_len(attr);

	switch (type) {
	case MNL_TYPE_U8:
		return len == sizeof(uint8_t);
	case MNL_TYPE_U16:
		return len == sizeof(uint16_t);
	case MNL_TYPE_U32:
		return len == sizeof(uint32_t);
	case MNL_TYPE_U64:
		return len == sizeof(uint64_t);
	case MNL_TYPE_FLAG:
		return !len;
	case MNL_TYPE_NUL_STRING:
		return len && strnlen(mnl_attr_get_payload(attr), len) == len - 1;
	default:
		return true;
	}
}

static void store_slice(const struct nlattr *attr, size_t end, void *member)
{
	struct rivet_slice slice = {
		.ptr = mnl_attr_get_payload(attr),
		.len = mnl_attr_get_payload_len(attr) - end,
	};

	memcpy(member, &slice, sizeof(slice));
}

static void store(const struct nlattr *attr, const struct attr_field *field, void *out)
{
	void *member = (char *)out + field->offset;

	switch (field->type) {
	case MNL_TYPE_U8:
	case MNL_TYPE_U16:
	case MNL_TYPE_U32:
	case MNL_TYPE_U64:
		memcpy(member, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		break;
	case MNL_TYPE_NUL_STRING:
		store_slice(attr, 1, member);
		break;
	case MNL_TYPE_BINARY:
		store_slice(attr, 0, member);
		break;
	default:
		break;
	}
}

static int decode_one(const struct nlattr *attr, const struct attr_field *fields, size_t count,
		      void *out, uint64_t *present)
{
	unsigned int type = mnl_attr_get_type(attr);

	if (type >= count || fields[type].type == MNL_TYPE_UNSPEC)
		return 0;
	if (*present & 1ULL << type || !length_fits(attr, fields[type].type))
		return -EBADMSG;
	*present |= 1ULL << type;
	store(attr, &fields[type], out);
	return 0;
}

/**
 * attrs_decode() - parse attributes
 * @payload: the first attribute
 * @len: length of all attributes in bytes
 * @fields: table indexed by attribute number; at most 64 entries
 * @count: number of @fields
 * @out: struct that @fields describe; members of absent attributes stay untouched
 * @present: set to one bit for each attribute number found
 *
 * Numbers beyond @fields are ignored, so that a newer kernel may send more.
 *
 * Return: 0, or -EBADMSG if an attribute has the wrong length or comes twice,
 * or if the bytes are not attributes.
 */
int attrs_decode(const void *payload, size_t len, const struct attr_field *fields, size_t count,
		 void *out, uint64_t *present)
{
	const char *end = (const char *)payload + len;
	const struct nlattr *attr = payload;

	*present = 0;
	while (mnl_attr_ok(attr, end - (const char *)attr)) {
		if (decode_one(attr, fields, count, out, present))
			return -EBADMSG;
		attr = mnl_attr_next(attr);
	}
	return (const char *)attr < end ? -EBADMSG : 0;
}

/**
 * attrs_decode_genl() - parse the attributes of a generic netlink message
 * @nlh: the message, from attrs_next_message()
 * @fields: see attrs_decode()
 * @count: see attrs_decode()
 * @out: see attrs_decode()
 * @present: see attrs_decode()
 *
 * Return: 0, or -EBADMSG.
 */
int attrs_decode_genl(const struct nlmsghdr *nlh, const struct attr_field *fields, size_t count,
		      void *out, uint64_t *present)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	*present = 0;
	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN || len < GENL_HDRLEN)
		return -EBADMSG;
	return attrs_decode(mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN), len - GENL_HDRLEN,
			    fields, count, out, present);
}
