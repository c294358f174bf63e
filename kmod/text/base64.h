/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/base64: bytes as base64 on one line, with padding (RFC 4648, section 4)
 */
#ifndef _RIVET_TEXT_BASE64_H
#define _RIVET_TEXT_BASE64_H

#include <linux/types.h>

#define RIVET_BASE64_LEN(bytes)	(((bytes) + 2) / 3 * 4)	/* characters for some bytes */

size_t rivet_base64_encode(const u8 *bytes, size_t len, char *out);
ssize_t rivet_base64_decode(const char *text, size_t len, u8 *out, size_t size);

#endif /* _RIVET_TEXT_BASE64_H */
