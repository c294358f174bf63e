// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl unlock sign - sign an unlock request
 */
#include "sign_object.h"

int verb_unlock_sign(struct context *ctx, int argc, char **argv)
{
	return sign_object(ctx, argc, argv, RIVET_OBJECT_UNLOCK);
}
