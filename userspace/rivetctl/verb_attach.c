// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl attach - make FILE.signed from a text and its detached signature
 */
#include <getopt.h>
#include <string.h>

#include "sign_object.h"

static const char advice[] =
	"openssl cms -sign -binary -noattr -nocerts -md sha256 -outform DER makes such a signature";

static bool is_pem(const struct buffer *data)
{
	return data->len > 10 && !strncmp(data->data, "-----BEGIN", 10);
}

static int read_signature(const char *path, struct buffer *der, struct err *err)
{
	struct rivet_parse_error perr = { 0 };
	int ret;

	/* Room for more than a signature, so that the error can name the other content. */
	ret = file_read(path, 4 * RIVET_SIGNATURE_MAX, der, err);
	if (ret)
		return ret;
	if (is_pem(der))
		return err_set(err, EXIT_INVALID, advice, "cannot use %s: PEM instead of DER",
			       err_name(path));
	if (!rivet_object_check_signature((const u8 *)der->data, der->len, &perr))
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, advice, "cannot use %s: the kernel expects %s",
		       err_name(path), perr.expected);
}

static int open_text(struct object_file *file, const char *path, struct err *err)
{
	int ret = object_open(file, path, RIVET_OBJECT_UNKNOWN, err);

	if (ret)
		return ret;
	if (file->is_signed)
		return err_set(err, EXIT_INVALID, "give the text without a signature",
			       "%s: it is signed already", err_name(file->name));
	return object_check(file, err);
}

static int attach(struct context *ctx, char **paths, const char *out_path)
{
	struct object_file file = { 0 };
	struct buffer der = { 0 };
	struct err err = { 0 };
	int ret;

	ret = open_text(&file, paths[0], &err);
	if (!ret)
		ret = read_signature(paths[1], &der, &err);
	if (!ret)
		ret = write_signed(ctx, &file, &der, paths[0], out_path, &err);
	buffer_free(&der);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}

int verb_attach(struct context *ctx, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *out_path = NULL;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (opt != 'o')
			return err_option(ctx, opt, argv);
		out_path = optarg;
	}
	if (argc - optind != 2)
		return err_usage(ctx, "two files are needed: the text and its signature");
	return attach(ctx, argv + optind, out_path);
}
