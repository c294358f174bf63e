// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/record: a record of the measurement list, in the form of IMA
 *
 * The template "ima-buf" has the fields d-ng, n-ng and buf. IMA keeps all numbers of its list
 * in the byte order of the machine, or little-endian with ima_canonical_fmt. rivet keeps them
 * little-endian.
 */
#include <linux/string.h>

#include "evidence/record.h"

static u8 *put_field(u8 *to, const void *bytes, size_t len)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		*to++ = len >> (8 * i);
	memcpy(to, bytes, len);
	return to + len;
}

/**
 * rivet_record_data() - make the template data of a record
 * @name: its name, shorter than RIVET_RECORD_NAME_MAX
 * @text: its text, shorter than RIVET_RECORD_TEXT_MAX
 * @digest: SHA-256 of @text
 * @out: the data, which a bank of a PCR takes the digest of
 *
 * Context: any.
 * Return: bytes of @out; 0 if @name or @text is too long.
 */
size_t rivet_record_data(const char *name, struct rivet_slice text,
			 const u8 digest[RIVET_RECORD_DIGEST], u8 out[RIVET_RECORD_DATA_MAX])
{
	u8 d_ng[sizeof("sha256:") + RIVET_RECORD_DIGEST] = "sha256:";
	u8 *to = out;

	if (strlen(name) >= RIVET_RECORD_NAME_MAX || text.len >= RIVET_RECORD_TEXT_MAX)
		return 0;
	memcpy(d_ng + sizeof("sha256:"), digest, RIVET_RECORD_DIGEST);
	to = put_field(to, d_ng, sizeof(d_ng));
	to = put_field(to, name, strlen(name) + 1);
	to = put_field(to, text.ptr, text.len);
	return to - out;
}
