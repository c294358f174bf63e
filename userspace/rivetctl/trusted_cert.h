/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the kernel's list of trusted certificates
 */
#ifndef RIVETCTL_TRUSTED_CERT_H
#define RIVETCTL_TRUSTED_CERT_H

#include <stdbool.h>

#include "text/digest.h"
#include "text/parse.h"

/**
 * struct trusted_cert - one line of the kernel's list
 * @role: "signer" or "ca"
 * @description: its name in the kernel; may have blanks
 * @id: hexadecimal; length 0 if the line has none
 * @alg: algorithm of its key; likewise
 * @digest: digest of the certificate; likewise
 * @revoked: a revocation names it
 * @built_in: it is part of the module
 */
struct trusted_cert {
	struct rivet_slice role;
	struct rivet_slice description;
	struct rivet_slice id;
	struct rivet_slice alg;
	struct rivet_slice digest;
	bool revoked;
	bool built_in;
};

bool trusted_cert_parse(struct rivet_slice line, struct trusted_cert *out);
bool trusted_cert_is_listed(const char *role, const struct rivet_digest *digest);

#endif /* RIVETCTL_TRUSTED_CERT_H */
