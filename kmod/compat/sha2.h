/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: the library functions of SHA-256
 *
 * Before they had a state of their own (v7 at the latest) they share that of the drivers.
 */
#ifndef _RIVET_COMPAT_SHA2_H
#define _RIVET_COMPAT_SHA2_H

#include <crypto/sha2.h>

#ifndef RIVET_HAVE_SHA256_CTX
#define sha256_ctx sha256_state
#endif

#endif /* _RIVET_COMPAT_SHA2_H */
