// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/hash: SHA-256 of bytes that come in pieces
 */
#include <crypto/hash.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kmod.h>
#include <linux/slab.h>

#include "measure/hash.h"

static struct crypto_shash *hash_tfm __ro_after_init;

/**
 * rivet_hash_begin() - begin a digest
 *
 * Context: may sleep.
 * Return: the state, for crypto_shash_update() and rivet_hash_end(); NULL without memory.
 */
struct shash_desc *rivet_hash_begin(void)
{
	struct shash_desc *desc;

	desc = kmalloc(sizeof(*desc) + crypto_shash_descsize(hash_tfm), GFP_KERNEL);
	if (!desc)
		return NULL;
	desc->tfm = hash_tfm;
	if (!crypto_shash_init(desc))
		return desc;
	kfree(desc);
	return NULL;
}

/**
 * rivet_hash_end() - end a digest and free its state
 * @desc: the state
 * @err: result of the hashing so far
 * @out: the digest, if there was no error
 *
 * Context: may sleep.
 * Return: @err, or an errno of the hash.
 */
int rivet_hash_end(struct shash_desc *desc, int err, struct rivet_digest *out)
{
	if (!err)
		err = crypto_shash_final(desc, out->bytes);
	if (!err)
		out->alg = RIVET_DIGEST_SHA256;
	shash_desc_zero(desc);
	kfree(desc);
	return err;
}

/**
 * rivet_hash_driver() - name the implementation of SHA-256 in use
 *
 * Context: any.
 * Return: its name.
 */
const char *rivet_hash_driver(void)
{
	return crypto_shash_driver_name(hash_tfm);
}

/**
 * rivet_hash_init() - find the implementation
 *
 * Loads the machine's fast SHA-256 now: on some distributions it is a module,
 * and loading one from inside an exec hook would recurse.
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int __init rivet_hash_init(void)
{
	request_module("crypto-sha256");
	hash_tfm = crypto_alloc_shash("sha256", 0, 0);
	return PTR_ERR_OR_ZERO(hash_tfm);
}

/**
 * rivet_hash_exit() - release the implementation
 *
 * Context: may sleep; nothing is hashed any more.
 */
void rivet_hash_exit(void)
{
	crypto_free_shash(hash_tfm);
}
