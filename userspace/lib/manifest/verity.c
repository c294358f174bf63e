// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the fs-verity digest of a file, computed without fs-verity
 */
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/verity.h"

/* struct fsverity_descriptor of the kernel: offsets of the members that are not zero */
#define DESCRIPTOR_SIZE		256
#define DESCRIPTOR_VERSION	0	/* u8: 1 */
#define DESCRIPTOR_ALGORITHM	1	/* u8: 1 for SHA-256 */
#define DESCRIPTOR_LOG_BLOCK	2	/* u8: 12 for 4096 bytes */
#define DESCRIPTOR_DATA_SIZE	8	/* 64 bits, little endian */
#define DESCRIPTOR_ROOT_HASH	16

static void hash(struct verity *verity, const void *data, size_t len,
		 unsigned char out[VERITY_HASH])
{
	if (EVP_DigestInit_ex(verity->ctx, NULL, NULL) != 1 ||
	    EVP_DigestUpdate(verity->ctx, data, len) != 1 ||
	    EVP_DigestFinal_ex(verity->ctx, out, NULL) != 1)
		verity->failed = true;
}

/* Hash a block, padded with zeros after @fill bytes, and empty it. */
static void hash_block(struct verity *verity, unsigned char block[VERITY_BLOCK], size_t *fill,
		       unsigned char out[VERITY_HASH])
{
	memset(block + *fill, 0, VERITY_BLOCK - *fill);
	hash(verity, block, VERITY_BLOCK, out);
	*fill = 0;
}

/* Add a hash to a level; a full block goes up as one hash. */
static void put_hash(struct verity *verity, size_t at, unsigned char value[VERITY_HASH])
{
	for (; at < VERITY_LEVELS_MAX; at++) {
		struct verity_level *level = &verity->levels[at];

		memcpy(level->block + level->fill, value, VERITY_HASH);
		level->fill += VERITY_HASH;
		level->count++;
		if (level->fill < VERITY_BLOCK)
			return;
		hash_block(verity, level->block, &level->fill, value);
	}
	verity->failed = true;
}

static void finish_data_block(struct verity *verity)
{
	unsigned char value[VERITY_HASH];

	hash_block(verity, verity->data, &verity->fill, value);
	put_hash(verity, 0, value);
}

/**
 * verity_begin() - start a digest
 *
 * Return: end it with verity_end(); NULL if memory ran out.
 */
struct verity *verity_begin(void)
{
	struct verity *verity = calloc(1, sizeof(*verity));

	if (!verity)
		return NULL;
	verity->ctx = EVP_MD_CTX_new();
	if (!verity->ctx || EVP_DigestInit_ex(verity->ctx, EVP_sha256(), NULL) != 1)
		verity->failed = true;
	return verity;
}

/**
 * verity_add() - add the next bytes of the file
 * @verity: begun; NULL is ignored
 * @data: the bytes
 * @len: length in bytes
 */
void verity_add(struct verity *verity, const void *data, size_t len)
{
	const unsigned char *pos = data;
	size_t part;

	if (!verity)
		return;
	verity->size += len;
	while (len) {
		part = VERITY_BLOCK - verity->fill;
		if (part > len)
			part = len;
		memcpy(verity->data + verity->fill, pos, part);
		verity->fill += part;
		pos += part;
		len -= part;
		if (verity->fill == VERITY_BLOCK)
			finish_data_block(verity);
	}
}

/* The hash of the topmost block; zeros for an empty file. */
static void find_root(struct verity *verity, unsigned char root[VERITY_HASH])
{
	unsigned char value[VERITY_HASH];
	size_t at;

	memset(root, 0, VERITY_HASH);
	if (verity->fill)
		finish_data_block(verity);
	if (!verity->size)
		return;
	for (at = 0; at < VERITY_LEVELS_MAX; at++) {
		struct verity_level *level = &verity->levels[at];

		if (level->count == 1) {
			memcpy(root, level->block, VERITY_HASH);
			return;
		}
		if (!level->fill)
			continue;
		hash_block(verity, level->block, &level->fill, value);
		put_hash(verity, at + 1, value);
	}
	verity->failed = true;
}

/**
 * verity_end() - compute the digest of all bytes added
 * @verity: released; NULL fails
 * @digest: the fs-verity file digest
 *
 * Return: false if any step failed.
 */
bool verity_end(struct verity *verity, unsigned char digest[VERITY_HASH])
{
	unsigned char descriptor[DESCRIPTOR_SIZE] = {
		[DESCRIPTOR_VERSION] = 1,
		[DESCRIPTOR_ALGORITHM] = 1,
		[DESCRIPTOR_LOG_BLOCK] = 12,
	};
	bool good;
	int i;

	if (!verity)
		return false;
	find_root(verity, descriptor + DESCRIPTOR_ROOT_HASH);
	for (i = 0; i < 8; i++)
		descriptor[DESCRIPTOR_DATA_SIZE + i] = verity->size >> (8 * i);
	hash(verity, descriptor, sizeof(descriptor), digest);
	good = !verity->failed;
	EVP_MD_CTX_free(verity->ctx);
	free(verity);
	return good;
}
