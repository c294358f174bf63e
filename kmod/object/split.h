/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - signed objects: a text followed by an appended signature
 *
 * The form is that of a signed kernel module: text, PKCS#7 SignedData in DER,
 * struct module_signature, "~Module signature appended~\n".
 */
#ifndef _RIVET_OBJECT_SPLIT_H
#define _RIVET_OBJECT_SPLIT_H

#include "text/der.h"
#include "text/parse.h"

#define RIVET_OBJECT_MAGIC	"~Module signature appended~\n"
#define RIVET_OBJECT_TRAILER	12		/* bytes of struct module_signature */
#define RIVET_SIGNATURE_MAX	(16 * 1024)	/* bytes of PKCS#7; RSA-4096 needs under 1 KiB */
#define RIVET_SIGNERS_MAX	8		/* of one object */
#define RIVET_MANIFEST_MAX	(64UL << 20)	/* bytes of a manifest's text */
#define RIVET_POLICY_MAX	(1024UL * 1024)	/* bytes of a policy's text */
#define RIVET_UNLOCK_MAX	4096		/* bytes of a token's text */

/** enum rivet_object_kind - kind of a text according to its first line */
enum rivet_object_kind {
	RIVET_OBJECT_UNKNOWN,
	RIVET_OBJECT_MANIFEST,		/* "riv-manifest 1": a RIV set or a revocation */
	RIVET_OBJECT_POLICY,		/* "policy_name=" */
	RIVET_OBJECT_UNLOCK,		/* "riv-unlock 1" */
	RIVET_OBJECT_REJOIN,		/* "riv-rejoin 1" */
};

/**
 * struct rivet_object - the parts of a signed object; points into the caller's buffer
 * @kind: the kind that the text claims
 * @text: the signed text
 * @text_len: its bytes
 * @signature: PKCS#7 SignedData in DER
 * @signature_len: its bytes
 */
struct rivet_object {
	enum rivet_object_kind kind;
	const char *text;
	size_t text_len;
	const u8 *signature;
	size_t signature_len;
};

/** enum rivet_signed_hash - algorithm of the signed digest of the text */
enum rivet_signed_hash {
	RIVET_SIGNED_SHA256,
	RIVET_SIGNED_SHA384,
	RIVET_SIGNED_SHA512,
	__RIVET_SIGNED_HASH_MAX,
};

/**
 * struct rivet_signer - one signature of an object; points into its DER
 *
 * It names its certificate by issuer and serial number, or by the key identifier.
 *
 * @issuer: contents of its Name
 * @serial: contents of the serial number
 * @key_id: subject key identifier; length 0 if @issuer and @serial name the certificate
 * @hash: digest that was signed
 * @rsa: RSA with PKCS#1 v1.5; else ECDSA
 * @value: the signature
 */
struct rivet_signer {
	struct rivet_der issuer;
	struct rivet_der serial;
	struct rivet_der key_id;
	enum rivet_signed_hash hash;
	bool rsa;
	struct rivet_der value;
};

/**
 * struct rivet_signers - all signatures of an object
 * @count: number of signatures, at least 1
 * @of: the signatures
 */
struct rivet_signers {
	unsigned int count;
	struct rivet_signer of[RIVET_SIGNERS_MAX];
};

enum rivet_object_kind rivet_object_kind(const char *text, size_t len);
int rivet_object_split(const void *data, size_t len, struct rivet_object *out,
		       struct rivet_parse_error *err);
int rivet_object_signers(const u8 *der, size_t len, struct rivet_signers *out,
			 struct rivet_parse_error *err);
int rivet_object_check_signature(const u8 *der, size_t len, struct rivet_parse_error *err);
void rivet_object_trailer(size_t signature_len, u8 out[RIVET_OBJECT_TRAILER]);

#endif /* _RIVET_OBJECT_SPLIT_H */
