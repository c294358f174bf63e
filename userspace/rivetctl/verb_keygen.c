// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl keygen - a CA and a signer, for trying things out
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/kernel.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/object/issue.h"
#include "verbs.h"

static const char * const files[] = {
	"ca.key", "ca.pem", "ca.der", "signer.key", "signer.pem", "signer.der",
};

#define FILE_COUNT ARRAY_SIZE(files)

/* Makes the folder, or checks that none of the files is in it yet. */
static int prepare_dir(const char *dir, struct err *err)
{
	size_t i;
	int fd;

	if (!mkdir(dir, 0700))
		return EXIT_OK;
	if (errno != EEXIST)
		return err_set_io(err, "cannot make the folder", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set_io(err, "cannot use the folder", dir);
	for (i = 0; i < FILE_COUNT; i++) {
		if (!faccessat(fd, files[i], F_OK, AT_SYMLINK_NOFOLLOW))
			break;
	}
	close(fd);
	if (i == FILE_COUNT)
		return EXIT_OK;
	return err_set(err, EXIT_CONFIG, "give another folder",
		       "keys are never overwritten: %s exists in %s", files[i], err_name(dir));
}

static int make_keys(const char *dir, bool use_ec, struct err *err)
{
	struct signer ca = { 0 }, signer = { 0 };
	int ret;

	ret = issue_pair(&ca, "rivet trial CA", use_ec, NULL, err);
	if (!ret)
		ret = issue_pair(&signer, "rivet trial signer", use_ec, &ca, err);
	if (!ret)
		ret = issue_write(&ca, dir, "ca", err);
	if (!ret)
		ret = issue_write(&signer, dir, "signer", err);
	signer_close(&signer);
	signer_close(&ca);
	return ret;
}

static void print_json(struct context *ctx, const char *dir)
{
	struct json json;
	size_t i;

	verb_json_begin(ctx, &json);
	json_text(&json, "directory", dir);
	json_array(&json, "written");
	for (i = 0; i < FILE_COUNT; i++)
		json_text(&json, NULL, files[i]);
	json_end(&json);
}

static void print_text(const char *dir)
{
	printf("%s: ca.pem and signer.pem with their keys, for trying things out.\n"
	       "Add signer.pem to the gateway with: rivetctl trust add signer.pem\n"
	       "Sign elsewhere: the .key files never go on a gateway. They are not encrypted;\n"
	       "for real use, make keys where they can be protected.\n",
	       err_name(dir));
}

int verb_keygen(struct context *ctx, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "ec", no_argument, NULL, 'e' },
		{ 0 },
	};
	struct err err = { 0 };
	bool use_ec = false;
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'e')
			return err_option(ctx, opt, argv);
		use_ec = true;
	}
	if (argc - optind != 1)
		return err_usage(ctx, "one folder is needed");

	ret = prepare_dir(argv[optind], &err);
	if (!ret)
		ret = make_keys(argv[optind], use_ec, &err);
	if (ret)
		return err_report(ctx, &err);
	if (use_ec)
		err_warn(ctx, "Linux 6.1 cannot verify signatures of EC keys, 6.12 and later can");
	if (ctx->json)
		print_json(ctx, argv[optind]);
	else
		print_text(argv[optind]);
	return EXIT_OK;
}
