/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - unit tests of the pure files: one KTAP line a case
 *
 * A test program calls unit_ok() or unit_eq() once for every case and ends with
 * "return unit_done();". Texts under test go through unit_copy(), so that the
 * address sanitizer sees a read of a single byte too many.
 */
#ifndef _RIVET_UNIT_H
#define _RIVET_UNIT_H

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/parse.h"

#define UNIT_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))

bool unit_ok(bool ok, const char *label, ...) UNIT_FORMAT(2, 3);
bool unit_eq(long long got, long long want, const char *label, ...) UNIT_FORMAT(3, 4);
bool unit_text(const char *got, const char *want, const char *label, ...) UNIT_FORMAT(3, 4);
bool unit_place(const struct rivet_parse_error *err, u32 line, u32 column, const char *label, ...)
	UNIT_FORMAT(4, 5);
void unit_skip(const char *label, const char *why);
void unit_note(const char *format, ...) UNIT_FORMAT(1, 2);
int unit_done(void);

char *unit_copy(const void *data, size_t len);
u32 unit_random(void);

static inline struct rivet_slice unit_slice(const char *text)
{
	return (struct rivet_slice){ .ptr = text, .len = strlen(text) };
}

/* A literal with the zeros in it, as a struct rivet_slice in a table */
#define BYTES(text) { .ptr = (text), .len = sizeof(text) - 1 }

/* 64 digits, in ascending order of their names */
#define HEX_A "0a00000000000000000000000000000000000000000000000000000000000001"
#define HEX_B "0b9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a"
#define HEX_C "f0e4c2f76c58916ec258f246851bea091d14d4247a2fc3e18694461b1816e13b"
#define HEX_0 "0000000000000000000000000000000000000000000000000000000000000000"

#endif /* _RIVET_UNIT_H */
