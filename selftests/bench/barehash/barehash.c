// SPDX-License-Identifier: GPL-2.0
/*
 * barehash - the cost of the kernel's SHA-256 alone, for comparison
 *
 * Hashes buffers of the sizes in @sizes while it is loaded, through the same
 * interface as rivet and with the same implementation, and shows the least that
 * each took in its parameter @ticks. The guest's time-stamp counter counts
 * instructions.
 */
#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/kmod.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/timex.h>
#include <linux/vmalloc.h>

#define SIZES_MAX	8
#define ROUNDS		3

static unsigned int sizes[SIZES_MAX];
static unsigned int size_count;
module_param_array(sizes, uint, &size_count, 0444);
MODULE_PARM_DESC(sizes, "sizes of the buffers in bytes");

static u64 ticks[SIZES_MAX];
module_param_array(ticks, ullong, NULL, 0444);
MODULE_PARM_DESC(ticks, "what each took (set by the module)");

static char driver[CRYPTO_MAX_ALG_NAME];
module_param_string(driver, driver, sizeof(driver), 0444);
MODULE_PARM_DESC(driver, "implementation (set by the module)");

static u64 hash_once(struct crypto_shash *tfm, const void *data, unsigned int size)
{
	u8 digest[SHA256_DIGEST_SIZE];
	u64 start = get_cycles();

	if (crypto_shash_tfm_digest(tfm, data, size, digest))
		return U64_MAX;
	return get_cycles() - start;
}

static int measure_size(struct crypto_shash *tfm, unsigned int size, u64 *least)
{
	void *data = vzalloc(size);
	unsigned int i;

	if (!data)
		return -ENOMEM;
	*least = U64_MAX;
	for (i = 0; i < ROUNDS; i++)
		*least = min(*least, hash_once(tfm, data, size));
	vfree(data);
	return *least == U64_MAX ? -EIO : 0;
}

static int __init barehash_init(void)
{
	struct crypto_shash *tfm;
	unsigned int i;
	int err = 0;

	request_module("crypto-sha256");
	tfm = crypto_alloc_shash("sha256", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	strscpy(driver, crypto_shash_driver_name(tfm), sizeof(driver));
	for (i = 0; i < size_count && !err; i++)
		err = measure_size(tfm, sizes[i], &ticks[i]);
	crypto_free_shash(tfm);
	return err;
}

static void __exit barehash_exit(void)
{
}

module_init(barehash_init);
module_exit(barehash_exit);
MODULE_DESCRIPTION("Cost of the kernel's SHA-256 alone");
MODULE_LICENSE("GPL");
