/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the module's keyrings from userspace
 */
#ifndef RIVET_KEYRING_H
#define RIVET_KEYRING_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/file.h"

#define KEYRING_SIGNERS	".rivet_trust"
#define KEYRING_CAS	".rivet_ca"
#define KEYRING_SETS	".rivet"

int keyring_add_cert(const char *ring, const void *der, size_t len, const char *what,
		     struct err *err);
int keyring_read_set(const char *name, struct buffer *out, struct err *err);

#endif /* RIVET_KEYRING_H */
