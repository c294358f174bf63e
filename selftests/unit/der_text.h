/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - PKCS#7 signatures put together by hand, to have each thing wrong once
 */
#ifndef _RIVET_DER_TEXT_H
#define _RIVET_DER_TEXT_H

#include "text/parse.h"

#define DER_SIGNATURE_MAX	16384

/* Algorithms, as elements */
#define DER_SHA256	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
#define DER_SHA384	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00"
#define DER_SHA512	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00"
#define DER_SHA224	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00"
#define DER_SHA1	"\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
#define DER_MD5		"\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00"
#define DER_SHA256_BARE	"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define DER_SHA256_ODD	"\x30\x0e\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x02\x01\x01"
#define DER_SHA256_TWO	"\x30\x0f\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x05\x00"
#define DER_RSA		"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define DER_RSA_PSS	"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00"
#define DER_ECDSA_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define DER_ECDSA_SHA1	"\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"

/**
 * struct der_signature - how a signature differs from a good one
 * @version: of the SignedData; 0 for 1, -1 for 0
 * @signer_version: of the signer; 0 for 1, or 3 with @key_id
 * @type: last byte of the content type; 0 for 2, signedData
 * @content_type: last byte of the type of the signed content; 0 for 1, data
 * @digests: digest algorithms in the list; 0 for 1, -1 for none
 * @signers: signers; 0 for 1, -1 for none
 * @signature_len: bytes of the signature; 0 for 256, -1 for none
 * @depth: sequences in each other in the signer's name
 * @key_id: bytes of the key identifier that the signer has instead of a name and
 *	serial number; 0 for none, -1 for an empty one
 * @digest: algorithm in the list, and of the signer unless @signer_digest is set
 * @signer_digest: algorithm of the signer
 * @algorithm: of the signature
 * @name: contents of the signer's name
 * @serial: element of the serial number
 * @in_content: element after the type of the signed content
 * @after_content: element after that
 * @attributes: element before the algorithm of the signature
 * @after_signature: element after the signature
 * @after_signers: element after the signers
 * @after_data: element after the SignedData
 * @after_info: element after the wrapping of that
 * @after_all: bytes after it all
 *
 * An empty slice is the usual thing: SHA-256, RSA, no element.
 */
struct der_signature {
	int version;
	int signer_version;
	int type;
	int content_type;
	int digests;
	int signers;
	int signature_len;
	int depth;
	int key_id;
	struct rivet_slice digest;
	struct rivet_slice signer_digest;
	struct rivet_slice algorithm;
	struct rivet_slice name;
	struct rivet_slice serial;
	struct rivet_slice in_content;
	struct rivet_slice after_content;
	struct rivet_slice attributes;
	struct rivet_slice after_signature;
	struct rivet_slice after_signers;
	struct rivet_slice after_data;
	struct rivet_slice after_info;
	struct rivet_slice after_all;
};

size_t der_signature_build(const struct der_signature *from, u8 *out);

#endif /* _RIVET_DER_TEXT_H */
