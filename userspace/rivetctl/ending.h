/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - warnings about sets and certificates that end
 */
#ifndef RIVETCTL_ENDING_H
#define RIVETCTL_ENDING_H

#include <openssl/x509.h>

#include "object/manifest.h"
#include "verbs.h"

void ending_warn_of_set(struct context *ctx, const struct rivet_manifest *manifest);
void ending_warn_of_issued(struct context *ctx, s64 issued);
void ending_warn_of_cert(struct context *ctx, X509 *cert);

#endif /* RIVETCTL_ENDING_H */
