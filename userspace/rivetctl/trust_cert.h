/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - adding one certificate to a trust ring of the kernel
 */
#ifndef RIVETCTL_TRUST_CERT_H
#define RIVETCTL_TRUST_CERT_H

#include "lib/object/cert.h"

int trust_cert_check(struct x509_st *cert, const char *ring, const char *path, struct err *err);
int trust_cert_add(struct x509_st *cert, const char *ring, const char *path, struct err *err);

#endif /* RIVETCTL_TRUST_CERT_H */
