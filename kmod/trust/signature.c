// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - signatures: checking that a key has signed a text
 *
 * The kernel's PKCS#7 code hashes a text in one go, on some machines without
 * rescheduling, and again for each key that is tried. A manifest may have 64 MiB.
 * So the text is hashed here in pieces, once for each digest algorithm. object/split.c
 * has read the signature, and the kernel's code for asymmetric keys verifies it.
 */
#include <crypto/hash.h>
#include <crypto/public_key.h>
#include <keys/asymmetric-type.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat/keys.h"
#include "text/digest.h"
#include "trust/signature.h"

#define PIECE	(32 * 1024)	/* bytes that are hashed at a time: 2 million instructions */

/* The kernel's name of a digest, and its length */
static const struct {
	const char *name;
	unsigned int size;
} hashes[] = {
	[RIVET_SIGNED_SHA256] = { "sha256", SHA256_DIGEST_SIZE },
	[RIVET_SIGNED_SHA384] = { "sha384", SHA384_DIGEST_SIZE },
	[RIVET_SIGNED_SHA512] = { "sha512", SHA512_DIGEST_SIZE },
};

static_assert(ARRAY_SIZE(hashes) == __RIVET_SIGNED_HASH_MAX);
static_assert(__RIVET_SIGNED_HASH_MAX <= 32, "hashes are bits of hashed");

static int hash_pieces(struct shash_desc *desc, const char *text, size_t len, u8 *out)
{
	int err = crypto_shash_init(desc);
	size_t piece;

	for (; len && !err; text += piece, len -= piece) {
		if (fatal_signal_pending(current))
			return -EINTR;
		piece = min_t(size_t, len, PIECE);
		err = crypto_shash_update(desc, (const u8 *)text, piece);
		cond_resched();
	}
	return err ?: crypto_shash_final(desc, out);
}

static int hash_with(struct crypto_shash *tfm, const struct rivet_object *object, u8 *out)
{
	struct shash_desc *desc = kmalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);
	int err;

	if (!desc)
		return -ENOMEM;
	desc->tfm = tfm;
	err = hash_pieces(desc, object->text, object->text_len, out);
	kfree_sensitive(desc);
	return err;
}

static int hash_text(struct rivet_signature *s, enum rivet_signed_hash hash)
{
	struct crypto_shash *tfm;
	int err;

	if (test_bit(hash, &s->hashed))
		return 0;
	tfm = crypto_alloc_shash(hashes[hash].name, 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = -EINVAL;
	if (crypto_shash_digestsize(tfm) == hashes[hash].size)
		err = hash_with(tfm, s->object, s->digests[hash]);
	crypto_free_shash(tfm);
	if (!err)
		__set_bit(hash, &s->hashed);
	return err;
}

/*
 * Returns 1 if @key is made of the certificate that a signer names, 0 if not. The kernel keeps
 * both identifiers of a certificate in this order.
 */
static int is_named(const struct rivet_signer *signer, const struct key *key)
{
	const struct asymmetric_key_ids *ids = asymmetric_key_ids(key);
	bool by_key_id = signer->key_id.len;
	struct asymmetric_key_id *id;
	int named;

	id = by_key_id ?
	     asymmetric_key_generate_id(signer->key_id.ptr, signer->key_id.len, "", 0) :
	     asymmetric_key_generate_id(signer->serial.ptr, signer->serial.len,
					signer->issuer.ptr, signer->issuer.len);
	if (IS_ERR(id))
		return PTR_ERR(id);
	named = ids && asymmetric_key_id_same(ids->id[by_key_id], id);
	kfree(id);
	return named;
}

/* The same arguments as from the kernel's PKCS#7 code */
static int verify(struct rivet_signature *s, const struct rivet_signer *signer,
		  const struct key *key)
{
	struct public_key_signature sig = {
		.s_size = signer->value.len,
		.pkey_algo = signer->rsa ? "rsa" : "ecdsa",
		.encoding = signer->rsa ? "pkcs1" : "x962",
		.hash_algo = hashes[signer->hash].name,
	};
	int ret = hash_text(s, signer->hash);

	if (ret)
		return ret;
	rivet_compat_sig_set_digest(&sig, s->digests[signer->hash], hashes[signer->hash].size);
	/* Some kernels require physically contiguous memory */
	sig.s = kmemdup(signer->value.ptr, signer->value.len, GFP_KERNEL);
	if (!sig.s)
		return -ENOMEM;
	ret = verify_signature(key, &sig);
	kfree(sig.s);
	return ret;
}

/**
 * rivet_signature_error() - tell a bad signature from one that cannot be checked
 * @error: errno of the kernel's code for keys and algorithms
 *
 * That code returns -ENOENT or -ENOPKG for an algorithm that the kernel lacks.
 *
 * Context: any.
 * Return: -ENOPKG if an algorithm is missing; -ENOMEM and -EINTR as they are; else
 * -EKEYREJECTED.
 */
int rivet_signature_error(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENOPKG:
		return -ENOPKG;
	case -ENOMEM:
	case -EINTR:
		return error;
	default:
		return -EKEYREJECTED;
	}
}

/**
 * rivet_signature_open() - begin to verify an object
 * @s: filled in; allocated memory, because the digests in it are hashed and compared
 * @object: the object; it must outlive @s
 *
 * Context: any.
 * Return: 0, or as rivet_object_signers().
 */
int rivet_signature_open(struct rivet_signature *s, const struct rivet_object *object)
{
	s->object = object;
	s->hashed = 0;
	return rivet_object_signers(object->signature, object->signature_len, &s->signers, NULL);
}

/**
 * rivet_signature_try() - check whether a key has signed the object
 * @s: from rivet_signature_open()
 * @key: a key that was made of an X.509 certificate
 *
 * All signatures that name this certificate must verify.
 *
 * Context: may sleep, and load modules with algorithms; reschedules, killable.
 * Return: 0 if it has; -ENOKEY if no signature names it; -ENOMEM; -EINTR; -ENOPKG if this
 * kernel lacks an algorithm; -EKEYREJECTED if a signature that names it does not verify.
 */
int rivet_signature_try(struct rivet_signature *s, const struct key *key)
{
	int ret, found = -ENOKEY;
	unsigned int i;

	for (i = 0; i < s->signers.count; i++) {
		ret = is_named(&s->signers.of[i], key);
		if (!ret)
			continue;
		if (ret > 0)
			ret = verify(s, &s->signers.of[i], key);
		if (ret)
			return rivet_signature_error(ret);
		found = 0;
	}
	return found;
}

/**
 * rivet_signature_text_digest() - get the SHA-256 of the text
 * @s: from rivet_signature_open()
 * @out: the digest
 *
 * Costs nothing if a signature was made of the same digest.
 *
 * Context: may sleep; reschedules, killable.
 * Return: 0 or as rivet_signature_error().
 */
int rivet_signature_text_digest(struct rivet_signature *s, struct rivet_digest *out)
{
	int err = hash_text(s, RIVET_SIGNED_SHA256);

	if (err)
		return rivet_signature_error(err);
	out->alg = RIVET_DIGEST_SHA256;
	memcpy(out->bytes, s->digests[RIVET_SIGNED_SHA256], sizeof(out->bytes));
	return 0;
}
