// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - trust/trust: the keyrings of signers and CAs, and signature verification
 *
 * Each role has a public keyring: .rivet_trust takes the certificates of signers, and
 * .rivet_ca those of CAs. Once the trust is sealed, CAs certify further signers; they sign
 * nothing else. The valid certificates are in the list of each role, see trust/admitted.h.
 */
#include <crypto/public_key.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "evidence/log.h"
#include "mode/settings.h"
#include "riv/index.h"
#include "trust/admitted.h"
#include "trust/anchors.h"
#include "trust/built_in.h"
#include "trust/cert.h"
#include "trust/keyring.h"
#include "trust/signature.h"
#include "trust/trust.h"

#define DESCRIPTION_SHOWN	256	/* bytes of a certificate's description, escaped */

/**
 * struct role - a purpose for which certificates may be trusted
 * @word: name of such a certificate in messages
 * @public: name of the public keyring, which takes additions
 * @private: name of the private keyring, which verifies
 * @restriction: restriction of the public keyring
 * @admitted: both keyrings, and the admitted certificates
 */
struct role {
	const char *word;
	const char *public;
	const char *private;
	key_restrict_link_func_t restriction;
	struct rivet_admitted admitted;
};

static int restrict_signers(struct key *ring, const struct key_type *type,
			    const union key_payload *payload, struct key *unused);
static int restrict_cas(struct key *ring, const struct key_type *type,
			const union key_payload *payload, struct key *unused);

static struct role signers = {
	.word = "signer",
	.public = ".rivet_trust",
	.private = ".rivet_signers",
	.restriction = restrict_signers,
	.admitted.lock = __MUTEX_INITIALIZER(signers.admitted.lock),
	.admitted.members = LIST_HEAD_INIT(signers.admitted.members),
};

static struct role cas = {
	.word = "ca",
	.public = ".rivet_ca",
	.private = ".rivet_cas",
	.restriction = restrict_cas,
	.admitted.lock = __MUTEX_INITIALIZER(cas.admitted.lock),
	.admitted.members = LIST_HEAD_INIT(cas.admitted.members),
};

static int refuse(int error, const char **why, const char *reason)
{
	*why = reason;
	return error;
}

/*
 * Checks that a CA in the list has signed the certificate. A CA is found once the list was read
 * after its admission, or sealed, since that settles it; rivetctl reads the list each time.
 */
static int check_issuer(const struct rivet_cert *cert, const char **why)
{
	struct asymmetric_key_id *const *by = cert->sig->auth_ids;
	struct key *ca = ERR_PTR(-ENOKEY);
	int ret;

	if (by[0] || by[1] || by[2])
		ca = find_asymmetric_key(cas.admitted.private, by[0], by[1], by[2], false);
	if (ca == ERR_PTR(-ENOMEM))
		return -ENOMEM;
	if (IS_ERR(ca))
		return refuse(-ENOKEY, why, rivet_trust_is_sealed() ?
			      "the trust is sealed, and no CA in .rivet_ca has certified it" :
			      rivet_anchors_why_not(false));
	ret = verify_signature(ca, cert->sig);
	if (!ret && rivet_admitted_is_revoked(&cas.admitted, ca))
		ret = refuse(-EKEYREVOKED, why, "a revocation names the CA that has certified it");
	key_put(ca);
	if (ret == -EKEYREVOKED)
		return -EKEYREJECTED;
	if (!ret)
		return 0;
	ret = rivet_signature_error(ret);
	if (ret == -ENOPKG)
		return refuse(ret, why,
			      "this kernel lacks the algorithm of its signature: have the CA sign it with RSA and SHA-256");
	if (ret == -EKEYREJECTED)
		*why = "the signature of the CA that it names does not verify";
	return ret;
}

static int check_caller(const struct role *role, const union key_payload *payload,
			bool sealed, const char **why)
{
	if (!capable(CAP_MAC_ADMIN))
		return refuse(-EPERM, why,
			      "the caller lacks CAP_MAC_ADMIN in the initial user namespace");
	if (sealed && role == &cas)
		return refuse(-EPERM, why, "the trust is sealed: CAs can only be added before");
	if (rivet_keyring_is_link(payload))
		return refuse(-EPERM, why,
			      "an existing key cannot be linked in: add the certificate itself with keyctl padd");
	return 0;
}

static int check_cert(const struct role *role, const struct rivet_cert *cert, bool needs_ca,
		      const char **why)
{
	int ret = rivet_cert_check_strength(cert, why);

	if (!ret)
		ret = rivet_cert_check_role(cert, role == &cas, why);
	if (ret || !needs_ca)
		return ret;
	if (role == &cas)
		return refuse(-EPERM, why, rivet_anchors_why_not(true));
	return check_issuer(cert, why);
}

static int admit(struct role *role, const struct rivet_cert *cert,
		 const struct rivet_digest *digest, bool certified, const char **why)
{
	int ret = rivet_admitted_add(&role->admitted, cert, digest, certified);

	if (ret == -EKEYREJECTED)
		*why = "a revocation names it: make a new certificate";
	else if (ret == -EPERM)
		*why = "the trust was sealed at this very moment: try again";
	else if (ret == -ENOSPC)
		*why = "the ring is full: it holds at most 64 certificates";
	return ret;
}

static void report(const struct role *role, const struct rivet_cert *cert, int error,
		   const char *why)
{
	char text[RIVET_CERT_TEXT_MAX] = "a key";

	if (cert)
		rivet_cert_format(cert, text, sizeof(text));
	if (error)
		rivet_event_change(RIVET_EVENT_TRUST, error, "%s refused %s: %s",
				   role->public, text, why ?: "out of memory");
	else
		rivet_event_change(RIVET_EVENT_TRUST, 0, "%s admitted %s as %s",
				   role->public, text, role->word);
}

static void record_cert(const struct role *role, const struct rivet_digest *digest)
{
	char text[RIVET_DIGEST_TEXT_MAX];

	rivet_digest_format(digest, text, sizeof(text));
	rivet_log_add("rivet:trust", "%s %s", role->word, text);
}

/*
 * The restriction of a public keyring. Runs with the semaphore of that keyring held for
 * writing. Any task that the kernel takes for the owner of the keyring may cause a call,
 * including root without capabilities in a user namespace.
 */
static int judge(struct role *role, const struct key_type *type,
		 const union key_payload *payload)
{
	bool sealed = rivet_trust_is_sealed(), needs_ca = true;
	const char *why = NULL;
	struct rivet_digest digest;
	struct rivet_cert cert;
	const void *der;
	size_t len;
	int ret;

	ret = check_caller(role, payload, sealed, &why);
	if (!ret)
		ret = rivet_cert_open(&cert, type, payload, &why);
	if (ret) {
		report(role, NULL, ret, why);
		return ret;
	}
	der = rivet_keyring_data(payload, &len);
	ret = rivet_cert_digest(&cert, der, len, &digest, &why);
	if (!ret) {
		needs_ca = sealed || (rivet_anchors_are_named() && !rivet_anchors_has(&digest));
		ret = check_cert(role, &cert, needs_ca, &why);
	}
	if (!ret)
		ret = admit(role, &cert, &digest, needs_ca, &why);
	/* A certificate that is there already changes nothing: no record fills the list. */
	if (!ret)
		record_cert(role, &digest);
	ret = min(ret, 0);
	report(role, &cert, ret, why);
	return ret;
}

static int restrict_signers(struct key *ring, const struct key_type *type,
			    const union key_payload *payload, struct key *unused)
{
	return judge(&signers, type, payload);
}

static int restrict_cas(struct key *ring, const struct key_type *type,
			const union key_payload *payload, struct key *unused)
{
	return judge(&cas, type, payload);
}

static const char *describe_error(int error)
{
	switch (error) {
	case -ENOKEY:
		return "its signer is not in .rivet_trust: add the certificate, or sign again";
	case -EBADMSG:
		return "its signature is of another form than rivetctl and sign-file make";
	case -ENOMEM:
		return "out of memory";
	case -EINTR:
		return "the task was killed";
	case -ENOPKG:
		return "this kernel lacks the algorithm of its signature: use RSA and SHA-256";
	case -EKEYREVOKED:
		return "a revocation names its signer's certificate: sign it with another";
	default:
		return "its signature does not verify: it was changed after it was signed";
	}
}

/* One of several signers suffices, unless it is revoked */
static int find_signer(const struct rivet_admitted_key *keys, u32 count, struct rivet_signature *s,
		       struct rivet_digest *signer)
{
	bool revoked = false, unchecked = false;
	int ret;
	u32 i;

	for (i = 0; i < count; i++) {
		ret = rivet_signature_try(s, keys[i].key);
		unchecked |= ret == -ENOPKG;
		if (ret == -ENOKEY || ret == -ENOPKG)
			continue;
		if (ret)
			return ret;
		if (!rivet_riv_is_revoked(&keys[i].digest)) {
			*signer = keys[i].digest;
			return 0;
		}
		revoked = true;
	}
	if (revoked)
		return -EKEYREVOKED;
	return unchecked ? -ENOPKG : -ENOKEY;
}

static int verify(struct rivet_signature *s, struct rivet_digest *signer)
{
	struct rivet_admitted_key *keys;
	u32 count, i;
	int ret;

	keys = kcalloc(RIVET_ADMITTED_MAX, sizeof(*keys), GFP_KERNEL);
	if (!keys)
		return -ENOMEM;
	count = rivet_admitted_keys(&signers.admitted, keys);
	ret = find_signer(keys, count, s, signer);
	for (i = 0; i < count; i++)
		key_put(keys[i].key);
	kfree(keys);
	return ret;
}

/**
 * rivet_trust_verify() - verify the signature of a signed object
 * @object: from rivet_object_split()
 * @signer: set to the digest of the certificate that it verifies with
 * @text_digest: set to SHA-256 of its text
 * @why: set, on error, to a clause for the end of a sentence that tells how to solve it
 *
 * The text is hashed in pieces, once for each digest algorithm, and not at all if its
 * signer is unknown.
 *
 * Context: may sleep, and load modules with algorithms; reschedules, killable.
 * Return: 0; -ENOKEY if its signer is not in .rivet_trust; -EBADMSG if the
 * signature is no PKCS#7 of the accepted form; -EKEYREJECTED if it does not
 * verify, or if its signer's certificate is revoked; -ENOPKG if this kernel lacks its
 * algorithm; -ENOMEM; -EINTR.
 */
int rivet_trust_verify(const struct rivet_object *object, struct rivet_digest *signer,
		       struct rivet_digest *text_digest, const char **why)
{
	struct rivet_signature *s = kmalloc(sizeof(*s), GFP_KERNEL);
	int ret = -ENOMEM;

	if (s)
		ret = rivet_signature_open(s, object);
	if (!ret)
		ret = verify(s, signer);
	if (!ret)
		ret = rivet_signature_text_digest(s, text_digest);
	kfree(s);
	if (!ret)
		return 0;
	*why = describe_error(ret);
	return ret == -EKEYREVOKED ? -EKEYREJECTED : ret;
}

static int seal_lists(u32 *signer_count, u32 *ca_count)
{
	int ret = rivet_admitted_seal(&signers.admitted, 1, signer_count);

	if (ret < 0)
		return ret;
	return rivet_admitted_seal(&cas.admitted, 0, ca_count);
}

/**
 * rivet_trust_seal() - stop admitting CAs, and signers that no CA has certified
 *
 * Only loading the module again undoes this. Sealing again does nothing.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0; -EPERM if the caller lacks CAP_MAC_ADMIN or there is no signer.
 */
int rivet_trust_seal(void)
{
	u32 signer_count, ca_count;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	if (!capable(CAP_MAC_ADMIN))
		return -EPERM;
	ret = seal_lists(&signer_count, &ca_count);
	if (ret > 0)
		return 0;
	if (!ret)
		rivet_log_add("rivet:seal", "sealed");
	if (ret)
		rivet_event_change(RIVET_EVENT_TRUST, ret,
				   "trust not sealed: .rivet_trust holds no signer; add one first");
	else
		rivet_event_change(RIVET_EVENT_TRUST, 0,
				   "trust sealed with %u signer(s) and %u CA(s): %s",
				   signer_count, ca_count, ca_count ?
				   "further signers need a certificate of one of these CAs" :
				   "without a CA no signer can be added until the next boot");
	return ret;
}

/**
 * rivet_trust_is_sealed() - check whether the trust keyrings are sealed
 *
 * Context: any.
 * Return: true from the first rivet_trust_seal() that succeeded on.
 */
bool rivet_trust_is_sealed(void)
{
	/* The list of CAs is sealed last */
	return READ_ONCE(cas.admitted.sealed);
}

/**
 * rivet_trust_count() - count the valid certificates
 * @signer_count: set to the number of signers
 * @ca_count: set to the number of CAs
 *
 * Context: may sleep.
 */
void rivet_trust_count(u32 *signer_count, u32 *ca_count)
{
	*signer_count = rivet_admitted_count(&signers.admitted);
	*ca_count = rivet_admitted_count(&cas.admitted);
}

static void show_key(struct seq_file *m, const char *word, const struct rivet_admitted_key *member)
{
	char description[DESCRIPTION_SHOWN], text[RIVET_CERT_TEXT_MAX];
	char digest[RIVET_DIGEST_TEXT_MAX];
	const struct key *key = member->key;
	struct rivet_cert cert;
	const char *why;

	if (rivet_cert_open(&cert, key->type, &key->payload, &why))
		return;
	rivet_name_escape(key->description, strlen(key->description), description,
			  sizeof(description));
	rivet_cert_format(&cert, text, sizeof(text));
	rivet_digest_format(&member->digest, digest, sizeof(digest));
	seq_printf(m, "%s %s %s digest=%s%s%s\n", word, description, text, digest,
		   rivet_riv_is_revoked(&member->digest) ? " revoked" : "",
		   rivet_anchors_has_built_in(&member->digest) ? " built-in" : "");
}

static void show_role(struct seq_file *m, struct role *role, struct rivet_admitted_key *keys)
{
	u32 count = rivet_admitted_keys(&role->admitted, keys), i;
	unsigned long found = READ_ONCE(role->admitted.public->keys.nr_leaves_on_tree);

	for (i = 0; i < count; i++) {
		show_key(m, role->word, &keys[i]);
		key_put(keys[i].key);
	}
	if (found > count)
		seq_printf(m, "ignored %lu in %s: not admitted, and without effect\n",
			   found - count, role->public);
}

/**
 * rivet_trust_show() - list the admitted certificates
 * @m: output
 *
 * The first line is "sealed" or "open". Then one line for each certificate: "signer"
 * or "ca", its description as keyctl shows it but with special bytes escaped,
 * "id=" and its key identifier, "alg=" and its algorithm, "digest=" and the digest by
 * which revocations name it; "revoked" if one does, "built-in" if it is part of the
 * module. A line "ignored N in RING" counts keys that entered a keyring without being admitted.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_trust_show(struct seq_file *m)
{
	struct rivet_admitted_key *keys = kcalloc(RIVET_ADMITTED_MAX, sizeof(*keys), GFP_KERNEL);

	if (!keys)
		return -ENOMEM;
	seq_puts(m, rivet_trust_is_sealed() ? "sealed\n" : "open\n");
	show_role(m, &signers, keys);
	show_role(m, &cas, keys);
	kfree(keys);
	return 0;
}

/* Create the public keyring last: an addition needs the private one */
static int __init open_role(struct role *role)
{
	struct key *ring = rivet_keyring_alloc_private(role->private);

	if (IS_ERR(ring))
		return PTR_ERR(ring);
	role->admitted.private = ring;
	ring = rivet_keyring_alloc(role->public, role->restriction);
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	role->admitted.public = ring;
	return 0;
}

/* Keep the public keyring until all admissions are dropped: settling one searches it */
static void close_role(struct role *role)
{
	rivet_keyring_shut(role->admitted.public);
	rivet_admitted_empty(&role->admitted);
	key_put(role->admitted.public);
	key_put(role->admitted.private);
}

/* Counting settles the CAs, so that they certify signers from now on. */
static void __init add_built_in(void)
{
	rivet_built_in_add(cas.admitted.public, true);
	rivet_built_in_add(signers.admitted.public, false);
	rivet_admitted_count(&cas.admitted);
}

/**
 * rivet_trust_init() - make the trust keyrings, not sealed, with the built-in certificates
 *
 * Context: may sleep; module init, after rivet_riv_key_init().
 * Return: 0 or -ENOMEM.
 */
int __init rivet_trust_init(void)
{
	int ret = open_role(&cas);

	if (!ret)
		ret = open_role(&signers);
	if (ret)
		rivet_trust_exit();
	else
		add_built_in();
	return ret;
}

/**
 * rivet_trust_exit() - release the trust keyrings
 *
 * From then on rivet_trust_verify() returns -ENOKEY.
 *
 * Context: may sleep; module exit, or a failed rivet_trust_init().
 */
void rivet_trust_exit(void)
{
	close_role(&signers);
	close_role(&cas);
}
