// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - DER: the elements that signatures and certificates consist of
 */
#include "text/der.h"

#define DEPTH_MAX	16	/* the name in a signer identifier reaches 10 */
#define CONSTRUCTED	0x20	/* bit: the contents are elements again */

/* Length octets: definite, and in the shortest form */
static bool take_length(struct rivet_der *in, size_t *len)
{
	size_t count, value = 0;

	if (!in->len)
		return false;
	in->len--;
	count = *in->ptr++;
	if (count < 0x80) {
		*len = count;
		return true;
	}
	count -= 0x80;
	if (!count || count > 3 || count > in->len || !in->ptr[0])
		return false;
	in->len -= count;
	while (count--)
		value = value << 8 | *in->ptr++;
	*len = value;
	return value >= 0x80;
}

static bool take_element(struct rivet_der *in, u8 *tag, struct rivet_der *value)
{
	size_t len;

	if (!in->len)
		return false;
	*tag = *in->ptr++;
	in->len--;
	if (!take_length(in, &len) || len > in->len)
		return false;
	*value = (struct rivet_der){ .ptr = in->ptr, .len = len };
	in->ptr += len;
	in->len -= len;
	return true;
}

/**
 * rivet_der_take() - read an element of one type
 * @in: the run; moved behind the element, or anywhere if this fails
 * @want: the required identifier octet
 * @value: set to its contents
 *
 * Context: Any.
 * Return: true if the next element has that type.
 */
bool rivet_der_take(struct rivet_der *in, u8 want, struct rivet_der *value)
{
	u8 tag;

	return take_element(in, &tag, value) && tag == want;
}

static bool integer_is_minimal(struct rivet_der value)
{
	if (value.len < 2)
		return value.len;
	return !(value.ptr[0] == 0x00 && value.ptr[1] < 0x80) &&
	       !(value.ptr[0] == 0xff && value.ptr[1] >= 0x80);
}

/**
 * rivet_der_take_integer() - read an integer in its shortest form
 * @in: the run; moved behind the integer, or anywhere if this fails
 * @value: set to its bytes, at least one
 *
 * Context: Any.
 * Return: true if there is one.
 */
bool rivet_der_take_integer(struct rivet_der *in, struct rivet_der *value)
{
	return rivet_der_take(in, RIVET_DER_INTEGER, value) && integer_is_minimal(*value);
}

/**
 * rivet_der_next_is() - check the type of the next element
 * @in: the run
 * @first: lowest identifier octet
 * @last: highest identifier octet
 *
 * Context: Any.
 * Return: true if there is an element and its type is in the range.
 */
bool rivet_der_next_is(const struct rivet_der *in, u8 first, u8 last)
{
	return in->len && in->ptr[0] >= first && in->ptr[0] <= last;
}

/*
 * One-byte tags only, and no end-of-contents. Of the universal types, SEQUENCE and SET
 * must be constructed, and no other type may be.
 */
static bool tag_is_sound(u8 tag)
{
	u8 number = tag & 0x1f;
	bool is_universal = !(tag >> 6);
	bool holds_elements = number == (RIVET_DER_SEQUENCE & 0x1f) ||
			      number == (RIVET_DER_SET & 0x1f);

	if (number == 0x1f || !tag)
		return false;
	return !is_universal || holds_elements == !!(tag & CONSTRUCTED);
}

/**
 * rivet_der_is_well_formed() - check that bytes are DER and nothing else
 * @in: any bytes
 *
 * Checks identifier and length octets only: lengths are definite and in the shortest form,
 * and elements, nested ones too, fill exactly the space they have.
 *
 * Context: Any.
 * Return: true if they are.
 */
bool rivet_der_is_well_formed(struct rivet_der in)
{
	struct rivet_der parents[DEPTH_MAX], value;
	int depth = 0;
	u8 tag;

	for (;;) {
		while (!in.len) {
			if (!depth)
				return true;
			in = parents[--depth];
		}
		if (!take_element(&in, &tag, &value) || !tag_is_sound(tag))
			return false;
		if (!(tag & CONSTRUCTED))
			continue;
		if (depth == DEPTH_MAX)
			return false;
		parents[depth++] = in;
		in = value;
	}
}
