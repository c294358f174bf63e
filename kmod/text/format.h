/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - writing text into a buffer that may be too small, as snprintf() does
 *
 * Initialise a struct rivet_format with buf and size, then put. rivet_format_end()
 * terminates the text and returns the length that it would have had.
 */
#ifndef _RIVET_TEXT_FORMAT_H
#define _RIVET_TEXT_FORMAT_H

#include <linux/types.h>

/**
 * struct rivet_format - a text being written
 * @buf: output buffer; may be NULL if @size is 0
 * @size: bytes of @buf, the terminating NUL included
 * @len: bytes put so far, including those that did not fit
 */
struct rivet_format {
	char *buf;
	size_t size;
	size_t len;
};

static inline void rivet_format_char(struct rivet_format *f, char c)
{
	if (f->size && f->len < f->size - 1)
		f->buf[f->len] = c;
	f->len++;
}

static inline void rivet_format_text(struct rivet_format *f, const char *text)
{
	while (*text)
		rivet_format_char(f, *text++);
}

static inline void rivet_format_hex(struct rivet_format *f, const u8 *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < count; i++) {
		rivet_format_char(f, digits[bytes[i] >> 4]);
		rivet_format_char(f, digits[bytes[i] & 0xf]);
	}
}

static inline size_t rivet_format_end(struct rivet_format *f)
{
	if (f->size)
		f->buf[f->len < f->size ? f->len : f->size - 1] = '\0';
	return f->len;
}

#endif /* _RIVET_TEXT_FORMAT_H */
