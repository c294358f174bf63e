// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest sign - sign a manifest
 */
#include "sign_object.h"

int verb_manifest_sign(struct context *ctx, int argc, char **argv)
{
	return sign_object(ctx, argc, argv, RIVET_OBJECT_MANIFEST);
}
