/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - command lines of verbs that take no options of their own
 */
#ifndef RIVETCTL_OPTIONS_H
#define RIVETCTL_OPTIONS_H

#include <getopt.h>

#include "verbs.h"

/**
 * options_none() - refuse any option
 * @ctx: of the verb
 * @argc: of the verb
 * @argv: of the verb; operands are from optind on afterwards
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
static inline int options_none(struct context *ctx, int argc, char **argv)
{
	static const struct option none[] = { { 0 } };
	int opt;

	opterr = 0;
	opt = getopt_long(argc, argv, ":", none, NULL);
	return opt == -1 ? EXIT_OK : err_option(ctx, opt, argv);
}

#endif /* RIVETCTL_OPTIONS_H */
