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

/** enum measure_digest - digests beside that of the whole file; bits */
enum measure_digest {
	MEASURE_VERITY	= 1,	/* fs-verity */
	MEASURE_MD5	= 2,	/* as packages record it; it proves nothing */
};

#define MEASURE_MD5_SIZE 16

/**
 * struct measurement - size and digests of a file
 * @size: bytes
 * @whole: SHA-256 over the whole file
 * @verity: fs-verity digest, RIVET_DIGEST_NONE if not asked for
 * @md5: MD5 over the whole file, zeros if not asked for
 */
struct measurement {
	uint64_t size;
	struct rivet_digest whole;
	struct rivet_digest verity;
	unsigned char md5[MEASURE_MD5_SIZE];
};

struct measurer;

struct measurer *measurer_new(unsigned int digests);
void measurer_free(struct measurer *measurer);
int measurer_fd(struct measurer *measurer, int fd, const char *name, struct measurement *out,
		struct err *err);
int measurer_unpacked(struct measurer *measurer, int fd, const char *name, enum unpack_form form,
		      struct measurement *out, struct err *err);
int measure_fd(int fd, const char *name, struct measurement *out, struct err *err);
int measure_compare(int fd, const char *name, const struct rivet_digest *digest, bool *same,
		    struct err *err);

#endif /* RIVET_MEASURE_H */
