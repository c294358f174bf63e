// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy sign - sign a policy
 */
#include "sign_object.h"

int verb_policy_sign(struct context *ctx, int argc, char **argv)
{
	return sign_object(ctx, argc, argv, RIVET_OBJECT_POLICY);
}
