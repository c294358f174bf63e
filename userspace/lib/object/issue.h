/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - keys and certificates for trying things out
 */
#ifndef RIVET_ISSUE_H
#define RIVET_ISSUE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/object/sign.h"

int issue_pair(struct signer *out, const char *name, bool use_ec, const struct signer *ca,
	       struct err *err);
int issue_write(const struct signer *pair, const char *dir, const char *stem, struct err *err);

#endif /* RIVET_ISSUE_H */
