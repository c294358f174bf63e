/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - fuzzers: common code
 */
#ifndef _RIVET_FUZZ_H
#define _RIVET_FUZZ_H

#include <linux/errno.h>
#include <linux/types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/parse.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A property of the code under test; the report names it */
#define FUZZ_ASSERT(property)							\
	do {									\
		if (!(property)) {						\
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,	\
				__LINE__, #property);				\
			abort();						\
		}								\
	} while (0)

/* A refusal names a position in the text, and the expected text */
static inline void fuzz_assert_error(int ret, const struct rivet_parse_error *err, size_t size)
{
	FUZZ_ASSERT(ret == -EBADMSG || ret == -EFBIG || ret == -EKEYREJECTED);
	FUZZ_ASSERT(err->expected && *err->expected);
	FUZZ_ASSERT(err->line <= size + 1 && err->column <= size + 1);
	FUZZ_ASSERT(err->line || !err->column);
}

#endif /* _RIVET_FUZZ_H */
