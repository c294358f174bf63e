/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - digests: their text form and comparison
 */
#ifndef _RIVET_TEXT_DIGEST_H
#define _RIVET_TEXT_DIGEST_H

#include <linux/types.h>

#define RIVET_DIGEST_SIZE	32	/* bytes of every algorithm rivet accepts */
#define RIVET_DIGEST_TEXT_MAX	(sizeof("verity:sha256:") + 2 * RIVET_DIGEST_SIZE)

/** enum rivet_digest_alg - how the 32 bytes were made */
enum rivet_digest_alg {
	RIVET_DIGEST_NONE,		/* no digest */
	RIVET_DIGEST_CERT_SHA256,	/* SHA-256 over a certificate in DER */
	RIVET_DIGEST_SHA256,		/* SHA-256 over the whole file */
	RIVET_DIGEST_VERITY_SHA256,	/* fs-verity file digest with SHA-256 */
	__RIVET_DIGEST_MAX,
};

/**
 * struct rivet_digest - a digest and how it was made
 * @alg: enum rivet_digest_alg
 * @bytes: its value; all zero if @alg is RIVET_DIGEST_NONE
 */
struct rivet_digest {
	u8 alg;
	u8 bytes[RIVET_DIGEST_SIZE];
};

int rivet_digest_parse(const char *text, size_t len, struct rivet_digest *out);
size_t rivet_digest_format(const struct rivet_digest *digest, char *buf, size_t size);
bool rivet_digest_equal(const struct rivet_digest *a, const struct rivet_digest *b);
int rivet_digest_compare(const struct rivet_digest *a, const struct rivet_digest *b);

#endif /* _RIVET_TEXT_DIGEST_H */
