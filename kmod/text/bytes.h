/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/bytes: searching a text eight bytes at a time
 *
 * A manifest may have 64 MiB, each byte of which several checks look at.
 */
#ifndef _RIVET_TEXT_BYTES_H
#define _RIVET_TEXT_BYTES_H

#include <linux/types.h>

size_t rivet_bytes_find(const char *text, size_t len, char byte);
size_t rivet_bytes_find_either(const char *text, size_t len, char one, char other);
size_t rivet_bytes_ascii(const char *text, size_t len);
size_t rivet_bytes_common(const char *a, const char *b, size_t len);

#endif /* _RIVET_TEXT_BYTES_H */
