// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest verify - form and signature of a signed manifest
 */
#include <getopt.h>

#include "ending.h"
#include "lib/manifest/manifest.h"
#include "lib/object/cert.h"
#include "lib/object/object.h"
#include "lib/object/sign.h"
#include "verbs.h"

/**
 * struct verify_options - the command line
 * @cert: certificate file of the signer
 * @ca: certificate file of the CA that must have issued @cert; may be NULL
 * @path: the signed manifest
 */
struct verify_options {
	const char *cert;
	const char *ca;
	const char *path;
};

static int take_options(struct context *ctx, int argc, char **argv, struct verify_options *options)
{
	static const struct option longs[] = {
		{ "cert", required_argument, NULL, 'c' },
		{ "ca", required_argument, NULL, 'a' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":c:", longs, NULL)) != -1) {
		if (opt == 'c')
			options->cert = optarg;
		else if (opt == 'a')
			options->ca = optarg;
		else
			return err_option(ctx, opt, argv);
	}
	if (argc - optind != 1)
		return err_usage(ctx, "one file is needed");
	options->path = argv[optind];
	return EXIT_OK;
}

/* Without a certificate this fails: a good form alone is not "verified". */
static int read_certs(const struct verify_options *options, X509 **cert, X509 **ca,
		      struct err *err)
{
	int ret;

	if (!options->cert)
		return err_set(err, EXIT_CONFIG,
			       "give the signer's certificate with -c CERT: signatures carry none",
			       "form is good, signature not verified: no certificate given");
	ret = cert_read(options->cert, cert, err);
	if (!ret)
		ret = cert_check_key(X509_get0_pubkey(*cert), options->cert, err);
	if (!ret && options->ca)
		ret = cert_read(options->ca, ca, err);
	if (!ret && options->ca)
		ret = cert_check_issuer(*cert, *ca, err);
	return ret;
}

static int check_form(const struct object_file *file, struct rivet_manifest *manifest,
		      struct err *err)
{
	int ret;

	if (!file->is_signed)
		return err_set(err, EXIT_INVALID, "sign it with: rivetctl manifest sign",
			       "%s: no signature is appended", err_name(file->name));
	ret = object_check(file, err);
	if (!ret)
		ret = object_read_manifest(file, manifest, err);
	return ret;
}

static void print_result(struct context *ctx, const struct object_file *file,
			 const struct rivet_manifest *m, X509 *cert)
{
	char subject[4 * CERT_NAME_MAX];
	struct json json;

	cert_subject(cert, subject, sizeof(subject));
	if (!ctx->json) {
		printf("%s: good signature of %s; %s %.*s version %llu, %u %s\n",
		       err_name(file->name), subject,
		       manifest_kind_name(m->kind),
		       (int)m->name.len, m->name.ptr, (unsigned long long)m->version,
		       m->count, m->count == 1 ? "entry" : "entries");
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "signature", "good");
	json_text(&json, "signer", subject);
	json_bytes(&json, "name", m->name.ptr, m->name.len);
	json_u64(&json, "version", m->version);
	json_u64(&json, "count", m->count);
	json_end(&json);
}

static void warn_of_ends(struct context *ctx, const struct rivet_manifest *manifest, X509 *cert,
			 X509 *ca)
{
	ending_warn_of_set(ctx, manifest);
	ending_warn_of_cert(ctx, cert);
	if (ca)
		ending_warn_of_cert(ctx, ca);
}

int verb_manifest_verify(struct context *ctx, int argc, char **argv)
{
	struct verify_options options = { 0 };
	struct rivet_manifest manifest;
	struct object_file file = { 0 };
	X509 *cert = NULL, *ca = NULL;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = object_open(&file, options.path, RIVET_OBJECT_MANIFEST, &err);
	if (!ret)
		ret = check_form(&file, &manifest, &err);
	if (!ret)
		ret = read_certs(&options, &cert, &ca, &err);
	if (!ret)
		ret = sign_verify(&file.parts, cert, &err);
	if (!ret) {
		print_result(ctx, &file, &manifest, cert);
		warn_of_ends(ctx, &manifest, cert, ca);
	}
	X509_free(cert);
	X509_free(ca);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
