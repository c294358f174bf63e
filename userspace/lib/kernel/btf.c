// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the kernel's type information: names of functions by number
 *
 * Documentation/bpf/btf.rst of the kernel describes the format. Although the
 * bytes come from the kernel, nothing outside them is read.
 */
#include <stdbool.h>
#include <string.h>

#include <linux/btf.h>

#include "lib/kernel/btf.h"

/**
 * struct part - a part of the data
 * @pos: the first unread byte
 * @end: behind the last byte
 */
struct part {
	const char *pos;
	const char *end;
};

static bool take_part(const void *data, size_t len, uint64_t offset, uint64_t size,
		      struct part *out)
{
	if (offset > len || size > len - offset)
		return false;
	out->pos = (const char *)data + offset;
	out->end = out->pos + size;
	return true;
}

/* Bytes after struct btf_type; UINT64_MAX for an unknown kind. */
static uint64_t bytes_after(const struct btf_type *type)
{
	uint64_t members = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return members * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return members * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return members * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return members * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return members * sizeof(struct btf_var_secinfo);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return UINT64_MAX;
	}
}

static bool take_type(struct part *types, struct btf_type *out)
{
	uint64_t after;

	if ((size_t)(types->end - types->pos) < sizeof(*out))
		return false;
	memcpy(out, types->pos, sizeof(*out));
	types->pos += sizeof(*out);
	after = bytes_after(out);
	if (after > (uint64_t)(types->end - types->pos))
		return false;
	types->pos += after;
	return true;
}

/* Types are numbered from 1 by their position. */
static bool find_type(struct part *types, uint32_t id, struct btf_type *out)
{
	if (!id)
		return false;
	while (id--) {
		if (!take_type(types, out))
			return false;
	}
	return true;
}

/**
 * btf_function() - find the name of a function
 * @data: type information of the kernel itself
 * @len: its bytes
 * @id: number of the function's type
 *
 * Return: the name, in @data; NULL if there is no such function.
 */
const char *btf_function(const void *data, size_t len, uint32_t id)
{
	struct btf_header header;
	struct btf_type type;
	struct part types, names;

	if (len < sizeof(header))
		return NULL;
	memcpy(&header, data, sizeof(header));
	if (header.magic != BTF_MAGIC ||
	    !take_part(data, len, (uint64_t)header.hdr_len + header.type_off, header.type_len,
		       &types) ||
	    !take_part(data, len, (uint64_t)header.hdr_len + header.str_off, header.str_len,
		       &names))
		return NULL;
	if (!find_type(&types, id, &type) || BTF_INFO_KIND(type.info) != BTF_KIND_FUNC ||
	    type.name_off >= names.end - names.pos)
		return NULL;
	names.pos += type.name_off;
	return memchr(names.pos, '\0', names.end - names.pos) ? names.pos : NULL;
}
