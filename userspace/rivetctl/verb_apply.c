// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - bring the module to the state that /etc/rivet describes
 */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "update.h"

#define FOLDER "etc/rivet"

static int take_options(struct context *ctx, int argc, char **argv, struct apply *a)
{
	static const struct option longs[] = {
		{ "root", required_argument, NULL, 'r' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	a->root = "";
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt == 'r')
			a->root = optarg;
		else if (opt == 'n')
			a->dry_run = true;
		else
			return err_option(ctx, opt, argv);
	}
	if (argc != optind)
		return err_usage(ctx, "it takes no operand");
	if (*a->root && *a->root != '/')
		return err_usage(ctx, "--root is an absolute path, not \"%s\"", err_name(a->root));
	if (strlen(a->root) > APPLY_PATH_MAX / 2)
		return err_usage(ctx, "--root is too long");
	return EXIT_OK;
}

/* "/" and "/x/" are "" and "/x". */
static void trim_root(struct apply *a, char *root)
{
	size_t len = strlen(root);

	while (len && root[len - 1] == '/')
		root[--len] = '\0';
	a->root = root;
}

static int open_folders(struct apply *a, struct err *err)
{
	char shown[APPLY_PATH_MAX];
	int ret;

	apply_path(a, "/" FOLDER, shown);
	ret = protected_root(*a->root ? a->root : "/", &a->root_fd, err);
	if (!ret)
		ret = protected_folder(a->root_fd, FOLDER, shown, &a->folder_fd, err);
	if (ret == EXIT_NOTHING)
		ret = err_set(err, EXIT_CONFIG, "see: man rivetctl, apply",
			      "there is no %s: nothing is loaded", err_name(shown));
	return ret;
}

static void run_steps(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };

	apply_module(a);
	if (open_folders(a, &err)) {
		apply_fault(a, apply_path(a, "/" FOLDER, shown), &err);
		return;
	}
	apply_floors(a);
	apply_trust(a);
	apply_objects(a);
	apply_pending(a);
	apply_conf(a);
	apply_surplus(a);
	apply_compare(a);
	apply_save_floors(a);
	apply_mode(a);
	apply_isolation(a);
}

/**
 * apply_run() - bring the module to the state that /etc/rivet describes, and tell
 * @ctx: context of the verb
 * @path: folder that stands for the root of the machine; "" for the root
 * @dry_run: look only
 * @ending: name of an update that ends if all goes well; NULL if none does
 *
 * Return: exit status.
 */
int apply_run(struct context *ctx, const char *path, bool dry_run, const char *ending)
{
	struct apply a = { .ctx = ctx, .dry_run = dry_run, .ending = ending, .root_fd = -1,
			   .folder_fd = -1 };
	char root[APPLY_PATH_MAX];

	snprintf(root, sizeof(root), "%s", path);
	trim_root(&a, root);
	run_steps(&a);
	if (a.folder_fd >= 0)
		close(a.folder_fd);
	if (a.root_fd >= 0)
		close(a.root_fd);
	return apply_report(&a);
}

int verb_apply(struct context *ctx, int argc, char **argv)
{
	struct apply a = { 0 };
	int ret = take_options(ctx, argc, argv, &a);

	return ret ? ret : apply_run(ctx, a.root, a.dry_run, NULL);
}
