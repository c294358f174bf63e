// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl verify - form and signature of a signed manifest or policy
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "lib/manifest/manifest.h"
#include "lib/object/cert.h"
#include "lib/object/object.h"
#include "lib/object/sign.h"
#include "text/version3.h"
#include "verbs.h"

/**
 * struct verify_options - the command line
 * @cert: certificate file of the signer
 * @ca: certificate file of the CA that must have issued @cert; may be NULL
 * @path: the signed object
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

static int check_form(const struct object_file *file, struct err *err)
{
	bool is_policy = file->parts.kind == RIVET_OBJECT_POLICY;

	if (!file->is_signed)
		return err_set(err, EXIT_INVALID,
			       is_policy ? "sign it with: rivetctl policy sign" :
					   "sign it with: rivetctl manifest sign",
			       "%s: no signature is appended", err_name(file->name));
	return object_check(file, err);
}

static void print_manifest(const struct rivet_manifest *m)
{
	printf("%s %.*s version %llu, %u %s\n", manifest_kind_name(m->kind), (int)m->name.len,
	       m->name.ptr, (unsigned long long)m->version, m->count,
	       m->count == 1 ? "entry" : "entries");
}

static void write_manifest(struct json *json, const struct rivet_manifest *m)
{
	json_bytes(json, "name", m->name.ptr, m->name.len);
	json_u64(json, "version", m->version);
	json_u64(json, "count", m->count);
}

static int show_manifest(struct context *ctx, const struct object_file *file, struct json *json,
			 struct err *err)
{
	struct rivet_manifest manifest;
	int ret = object_read_manifest(file, &manifest, err);

	if (ret)
		return ret;
	if (ctx->json)
		write_manifest(json, &manifest);
	else
		print_manifest(&manifest);
	ending_warn_of_set(ctx, &manifest);
	return EXIT_OK;
}

static int show_policy(struct context *ctx, const struct object_file *file, struct json *json,
		       struct err *err)
{
	char version[RIVET_VERSION3_MAX];
	struct rivet_rules rules;
	int ret = object_read_policy(file, &rules, err);

	if (ret)
		return ret;
	rivet_version3_text(rules.version, version);
	if (ctx->json) {
		json_bytes(json, "name", rules.name.ptr, rules.name.len);
		json_text(json, "policy_version", version);
		json_u64(json, "rules", rules.count);
	} else {
		printf("policy %.*s %s, %zu %s\n", (int)rules.name.len, rules.name.ptr, version,
		       rules.count, rules.count == 1 ? "rule" : "rules");
	}
	free(rules.rules);
	return EXIT_OK;
}

static int show(struct context *ctx, const struct object_file *file, X509 *cert, struct err *err)
{
	char subject[4 * CERT_NAME_MAX];
	struct json json;
	int ret;

	cert_subject(cert, subject, sizeof(subject));
	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_text(&json, "signature", "good");
		json_text(&json, "signer", subject);
	} else {
		printf("%s: good signature of %s; ", err_name(file->name), subject);
	}
	ret = file->parts.kind == RIVET_OBJECT_POLICY ? show_policy(ctx, file, &json, err) :
							show_manifest(ctx, file, &json, err);
	if (ctx->json)
		json_end(&json);
	return ret;
}

/**
 * verb_verify() - manifest verify and policy verify
 * @ctx: context of the verb, whose noun tells the kind
 * @argc: number of its arguments
 * @argv: its arguments
 *
 * Return: exit status.
 */
int verb_verify(struct context *ctx, int argc, char **argv)
{
	struct verify_options options = { 0 };
	struct object_file file = { 0 };
	X509 *cert = NULL, *ca = NULL;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = object_open(&file, options.path, strcmp(ctx->verb->noun, "policy") ?
			  RIVET_OBJECT_MANIFEST : RIVET_OBJECT_POLICY, &err);
	if (!ret)
		ret = check_form(&file, &err);
	if (!ret)
		ret = read_certs(&options, &cert, &ca, &err);
	if (!ret)
		ret = sign_verify(&file.parts, cert, &err);
	if (!ret)
		ret = show(ctx, &file, cert, &err);
	if (!ret)
		ending_warn_of_cert(ctx, cert);
	if (!ret && ca)
		ending_warn_of_cert(ctx, ca);
	X509_free(cert);
	X509_free(ca);
	object_close(&file);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
