/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - collecting the entries of a revocation
 */
#ifndef RIVETCTL_REVOKE_H
#define RIVETCTL_REVOKE_H

#include "lib/manifest/manifest.h"

#define REVOKE_CERTS_MAX 64	/* --cert options of one call */

/**
 * struct revoke_options - the entries to revoke
 * @certs: files of certificates
 * @cert_count: how many
 * @digests: digests as text
 * @digest_count: how many
 */
struct revoke_options {
	const char *certs[REVOKE_CERTS_MAX];
	size_t cert_count;
	char **digests;
	size_t digest_count;
};

int revoke_run(const struct revoke_options *options, struct manifest_list *list, struct err *err);

#endif /* RIVETCTL_REVOKE_H */
