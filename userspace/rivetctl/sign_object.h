/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - signing, the same for manifests, policies and unlock requests
 */
#ifndef RIVETCTL_SIGN_OBJECT_H
#define RIVETCTL_SIGN_OBJECT_H

#include "lib/object/object.h"
#include "verbs.h"

int write_signed(struct context *ctx, const struct object_file *file, const struct buffer *der,
		 const char *path, const char *out_path, struct err *err);

#endif /* RIVETCTL_SIGN_OBJECT_H */
