// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl trust add - add a certificate to one of the kernel's trust rings
 */
#include <getopt.h>
#include <string.h>

#include "ending.h"
#include "lib/kernel/keyring.h"
#include "lib/object/cert.h"
#include "trust_cert.h"
#include "trusted_cert.h"
#include "verbs.h"

struct trust_options {
	const char *path;
	const char *ring;
};

static int take_options(struct context *ctx, int argc, char **argv, struct trust_options *options)
{
	static const struct option longs[] = {
		{ "ca", no_argument, NULL, 'a' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	options->ring = KEYRING_SIGNERS;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'a')
			return err_option(ctx, opt, argv);
		options->ring = KEYRING_CAS;
	}
	if (argc - optind != 1)
		return err_usage(ctx, "one certificate is needed");
	options->path = argv[optind];
	return EXIT_OK;
}

/* After sealing the kernel would refuse even a signer that is there, unless a CA issued it. */
static int add_if_missing(const struct trust_options *options, X509 *cert, bool *added,
			  struct err *err)
{
	const char *role = strcmp(options->ring, KEYRING_CAS) ? "signer" : "ca";
	struct rivet_digest digest;
	int ret = cert_digest(cert, options->path, &digest, err);

	*added = !ret && !trusted_cert_is_listed(role, &digest);
	return *added ? trust_cert_add(cert, options->ring, options->path, err) : ret;
}

static void print_result(struct context *ctx, const struct trust_options *options, X509 *cert,
			 bool added)
{
	char subject[4 * CERT_NAME_MAX];
	struct json json;

	cert_subject(cert, subject, sizeof(subject));
	if (!ctx->json) {
		printf("%s %s: %s\n", added ? "added to" : "already in", options->ring, subject);
		return;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "keyring", options->ring);
	json_text(&json, "subject", subject);
	json_bool(&json, "already", !added);
	json_end(&json);
}

int verb_trust_add(struct context *ctx, int argc, char **argv)
{
	struct trust_options options = { 0 };
	struct err err = { 0 };
	X509 *cert = NULL;
	bool added;
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = cert_read(options.path, &cert, &err);
	if (!ret)
		ret = trust_cert_check(cert, options.ring, options.path, &err);
	if (!ret)
		ending_warn_of_cert(ctx, cert);
	if (!ret)
		ret = add_if_missing(&options, cert, &added, &err);
	if (!ret)
		print_result(ctx, &options, cert, added);
	X509_free(cert);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
