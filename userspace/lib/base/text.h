/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - composing texts; text from outside is escaped
 */
#ifndef RIVET_TEXT_H
#define RIVET_TEXT_H

#include <limits.h>
#include <stdint.h>

#include "lib/base/file.h"
#include "text/parse.h"

#define TEXT_HOST_MAX	(HOST_NAME_MAX + 1)

void text_add(struct buffer *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct buffer *out, struct rivet_slice bytes);
bool text_next_line(struct rivet_slice *rest, struct rivet_slice *line);
bool text_next_word(struct rivet_slice *line, struct rivet_slice *word);
uint64_t text_sum(struct rivet_slice bytes);
struct rivet_slice text_trim(struct rivet_slice text);
void text_host(char buf[TEXT_HOST_MAX]);
char *text_dup(struct rivet_slice slice);
char *text_join(const char *first, const char *second);

#endif /* RIVET_TEXT_H */
