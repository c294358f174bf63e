/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - measuring a file as the kernel does, for its reference values
 */
#ifndef RIVET_MEASURE_H
#define RIVET_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/manifest/unpack.h"
#include "text/digest.h"

/**
 * struct measurement - size and digests of a file
 * @size: bytes
 * @whole: SHA-256 over the whole file
 * @verity: fs-verity digest, RIVET_DIGEST_NONE if not asked for
 */
struct measurement {
	uint64_t size;
	struct rivet_digest whole;
	struct rivet_digest verity;
};

int measure_fd(int fd, const char *name, bool with_verity, struct measurement *out,
	       struct err *err);
int measure_unpacked(int fd, const char *name, enum unpack_form form, struct measurement *out,
		     struct err *err);

#endif /* RIVET_MEASURE_H */
