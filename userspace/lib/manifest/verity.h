/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the fs-verity digest of a file, computed without fs-verity
 *
 * SHA-256, blocks of 4096 bytes, no salt: the only parameters that manifests
 * support. (Documentation/filesystems/fsverity.rst of Linux, "Merkle tree" and
 * "File digest computation".)
 */
#ifndef RIVET_VERITY_H
#define RIVET_VERITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define VERITY_BLOCK		4096
#define VERITY_HASH		32
#define VERITY_LEVELS_MAX	8	/* 128 hashes a block: more than 2^64 bytes */

/**
 * struct verity_level - one level of the tree and its unfinished block
 * @count: number of hashes added to this level
 * @fill: used bytes of @block
 * @block: hashes of the level below, or of the data
 */
struct verity_level {
	uint64_t count;
	size_t fill;
	unsigned char block[VERITY_BLOCK];
};

/**
 * struct verity - a digest being computed
 * @ctx: SHA-256
 * @size: bytes of the file so far
 * @fill: used bytes of @data
 * @failed: OpenSSL failed
 * @data: the unfinished block of the file
 * @levels: the tree, level 0 above the data
 */
struct verity {
	EVP_MD_CTX *ctx;
	uint64_t size;
	size_t fill;
	bool failed;
	unsigned char data[VERITY_BLOCK];
	struct verity_level levels[VERITY_LEVELS_MAX];
};

struct verity *verity_begin(void);
void verity_add(struct verity *verity, const void *data, size_t len);
bool verity_end(struct verity *verity, unsigned char digest[VERITY_HASH]);

#endif /* RIVET_VERITY_H */
