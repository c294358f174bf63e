// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - signing, the same for manifests, policies, unlock and rejoin requests
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ending.h"
#include "lib/object/cert.h"
#include "lib/object/sign.h"
#include "sign_object.h"

/**
 * struct sign_options - the command line of a sign verb
 * @key: private key file
 * @cert: certificate file
 * @pass_fd: descriptor that the passphrase is read from; -1: it is asked for
 * @out: file for the signed object; NULL: beside the text
 * @paths: the texts; several only of manifests
 * @path_count: how many
 */
struct sign_options {
	const char *key;
	const char *cert;
	int pass_fd;
	const char *out;
	char **paths;
	int path_count;
};

/* The verb's noun tells the kind. */
static enum rivet_object_kind kind_of(const struct context *ctx)
{
	if (!strcmp(ctx->verb->noun, "manifest"))
		return RIVET_OBJECT_MANIFEST;
	if (!strcmp(ctx->verb->noun, "policy"))
		return RIVET_OBJECT_POLICY;
	return strcmp(ctx->verb->noun, "rejoin") ? RIVET_OBJECT_UNLOCK : RIVET_OBJECT_REJOIN;
}

static const char *find_mistake(struct context *ctx, const struct sign_options *options)
{
	if (!options->key)
		return "-k KEY is missing";
	if (!options->cert)
		return "-c CERT is missing";
	if (options->path_count == 1)
		return NULL;
	if (!options->path_count || kind_of(ctx) != RIVET_OBJECT_MANIFEST)
		return "one file is needed";
	return options->out ? "-o OUT goes with one file" : NULL;
}

static int take_operands(struct context *ctx, int argc, char **argv, struct sign_options *options)
{
	const char *mistake;

	options->paths = argv + optind;
	options->path_count = argc - optind;
	mistake = find_mistake(ctx, options);
	if (!mistake)
		return EXIT_OK;
	err_usage(ctx, "%s", mistake);
	return EXIT_USAGE;
}

static bool take_descriptor(const char *text, int *fd)
{
	u64 value;

	if (rivet_parse_u64(text, strlen(text), &value) || value > INT_MAX)
		return false;
	*fd = value;
	return fcntl(*fd, F_GETFD) >= 0;
}

static int take_options(struct context *ctx, int argc, char **argv, struct sign_options *options)
{
	static const struct option longs[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "cert", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "passphrase-fd", required_argument, NULL, 'p' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":k:c:o:", longs, NULL)) != -1) {
		switch (opt) {
		case 'k':
			options->key = optarg;
			break;
		case 'c':
			options->cert = optarg;
			break;
		case 'o':
			options->out = optarg;
			break;
		case 'p':
			if (!take_descriptor(optarg, &options->pass_fd)) {
				err_usage(ctx, "\"%s\" is no descriptor that is open",
					  err_name(optarg));
				return EXIT_USAGE;
			}
			break;
		default:
			err_option(ctx, opt, argv);
			return EXIT_USAGE;
		}
	}
	return take_operands(ctx, argc, argv, options);
}

/* The first line; a passphrase that is too long is none. */
static int read_passphrase(int fd, char *buf, int size)
{
	int len = 0;
	ssize_t got;

	while (len < size) {
		got = read(fd, buf + len, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got || buf[len] == '\n')
			return len;
		len++;
	}
	return -1;
}

static int passphrase_fd = -1;

/* OpenSSL calls this for the passphrase of an encrypted key; @path is signer_open()'s key_path. */
static int ask_passphrase(char *buf, int size, int is_new, void *path)
{
	char prompt[ERR_TEXT_MAX];

	if (passphrase_fd >= 0)
		return read_passphrase(passphrase_fd, buf, size);

	snprintf(prompt, sizeof(prompt), "Passphrase of %s: ", err_name(path));
	if (EVP_read_pw_string(buf, size, prompt, is_new))
		return -1;
	return strlen(buf);
}

/* A signed text, or one that its parser refuses, is not signed. */
static int open_text(struct object_file *file, const char *path, enum rivet_object_kind kind,
		     struct err *err)
{
	int ret = object_open(file, path, kind, err);

	if (ret)
		return ret;
	if (file->is_signed)
		return err_set(err, EXIT_INVALID, "give the text without a signature",
			       "%s: it is signed already", err_name(file->name));
	return object_check(file, err);
}

/* The kernel would refuse it, because its users would lock themselves out. */
static int check_entries(const struct object_file *file, const struct rivet_digest *signer,
			 struct err *err)
{
	struct rivet_manifest_entry entry;
	struct rivet_manifest manifest;
	int ret = object_read_manifest(file, &manifest, err);

	while (!ret) {
		ret = object_next_entry(file, &manifest, &entry, err);
		if (!ret && rivet_digest_equal(&entry.digest, signer))
			return err_set(err, EXIT_INVALID, "sign it with another key and certificate",
				       "cannot sign %s: it revokes the certificate that it would be signed with",
				       err_name(file->name));
	}
	return ret == EXIT_NOTHING ? EXIT_OK : ret;
}

static int check_signer(const struct object_file *file, const struct sign_options *options,
			X509 *cert, struct err *err)
{
	const char *excess = cert_excess_for_signer(cert);
	struct rivet_digest digest;
	int ret = EXIT_OK;

	if (excess)
		return err_set(err, EXIT_INVALID, "use the key and certificate of a signer",
			       "cannot sign: %s is the certificate of a CA, which signs no objects: it has %s",
			       err_name(options->cert), excess);
	if (file->parts.kind != RIVET_OBJECT_MANIFEST)
		return EXIT_OK;
	ret = cert_digest(cert, options->cert, &digest, err);
	return ret ? ret : check_entries(file, &digest, err);
}

static void print_result(struct context *ctx, const struct object_file *file, const char *out_path)
{
	const char *kind = object_kind_name(file->parts.kind);
	struct json json;

	if (!strcmp(out_path, "-"))
		return;
	if (!ctx->json) {
		fprintf(stderr, "wrote %s\n", err_name(out_path));
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "kind", kind);
	json_text(&json, "output", out_path);
	json_end(&json);
}

/**
 * write_signed() - write text and signature as one file, and report it
 * @ctx: context of the verb
 * @file: the text
 * @der: the signature
 * @path: the text's file
 * @out_path: destination; NULL for @path with ".signed"
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int write_signed(struct context *ctx, const struct object_file *file, const struct buffer *der,
		 const char *path, const char *out_path, struct err *err)
{
	struct buffer object = { 0 }, name = { 0 };
	int ret;

	if (!out_path && !strcmp(path, "-"))
		out_path = "-";
	if (!out_path) {
		buffer_add_text(&name, path);
		buffer_add_text(&name, ".signed");
		out_path = name.data;
	}
	if (name.failed)
		return err_set(err, EXIT_OTHER, NULL, "cannot sign: out of memory");
	ret = sign_attach(&file->data, der, &object, err);
	if (!ret)
		ret = file_write(out_path, object.data, object.len, err);
	if (!ret)
		print_result(ctx, file, out_path);
	buffer_free(&object);
	buffer_free(&name);
	return ret;
}

static void warn_of_times(struct context *ctx, const struct object_file *file, X509 *cert)
{
	struct rivet_manifest manifest;
	struct rivet_rules rules;
	struct err unused;

	if (file->parts.kind == RIVET_OBJECT_MANIFEST &&
	    !object_read_manifest(file, &manifest, &unused)) {
		ending_warn_of_issued(ctx, manifest.issued);
		ending_warn_of_set(ctx, &manifest);
	}
	if (file->parts.kind == RIVET_OBJECT_POLICY && !object_read_policy(file, &rules, &unused)) {
		ending_warn_of_issued(ctx, rules.issued);
		free(rules.rules);
	}
	ending_warn_of_cert(ctx, cert);
}

static int sign_and_write(struct context *ctx, const char *path, const char *out,
			  const struct object_file *file, const struct signer *signer,
			  struct err *err)
{
	struct buffer der = { 0 };
	int ret = sign_text(signer, &file->data, &der, err);

	if (!ret)
		ret = write_signed(ctx, file, &der, path, out, err);
	if (!ret)
		warn_of_times(ctx, file, signer->cert);
	if (!ret && cert_uses_ec(signer->cert))
		err_warn(ctx, "Linux 6.1 cannot verify signatures of EC keys, 6.12 and later can");
	buffer_free(&der);
	return ret;
}

static int sign_file(struct context *ctx, const struct sign_options *options, const char *path,
		     const struct object_file *file, const struct signer *signer, struct err *err)
{
	int ret = check_signer(file, options, signer->cert, err);

	return ret ? ret : sign_and_write(ctx, path, options->out, file, signer, err);
}

/* The first was opened before anybody was asked for a passphrase. */
static int sign_all(struct context *ctx, const struct sign_options *options,
		    struct object_file *file, const struct signer *signer, struct err *err)
{
	int i, ret = sign_file(ctx, options, options->paths[0], file, signer, err);

	for (i = 1; !ret && i < options->path_count; i++) {
		object_close(file);
		ret = open_text(file, options->paths[i], kind_of(ctx), err);
		if (!ret)
			ret = sign_file(ctx, options, options->paths[i], file, signer, err);
	}
	return ret;
}

/**
 * verb_sign() - manifest sign, policy sign, unlock sign and rejoin sign
 * @ctx: context of the verb
 * @argc: number of its arguments
 * @argv: its arguments
 *
 * Return: exit status.
 */
int verb_sign(struct context *ctx, int argc, char **argv)
{
	struct sign_options options = { .pass_fd = -1 };
	struct object_file file = { 0 };
	struct signer signer = { 0 };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = open_text(&file, options.paths[0], kind_of(ctx), &err);
	if (!ret)
		passphrase_fd = options.pass_fd;
	if (!ret)
		ret = signer_open(&signer, options.key, options.cert, ask_passphrase, &err);
	if (!ret)
		ret = sign_all(ctx, &options, &file, &signer, &err);
	signer_close(&signer);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
