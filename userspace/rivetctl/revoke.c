// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - collecting the entries of a revocation or release
 */
#include <string.h>

#include "lib/object/cert.h"
#include "revoke.h"

static int add(struct manifest_list *list, const struct rivet_digest *digest, struct err *err)
{
	struct manifest_item item = { .digest = *digest };

	return manifest_add(list, &item, "", err);
}

static int add_cert(struct manifest_list *list, const char *path, struct err *err)
{
	struct rivet_digest digest;
	X509 *cert = NULL;
	int ret;

	ret = cert_read(path, &cert, err);
	if (!ret)
		ret = cert_digest(cert, path, &digest, err);
	if (!ret)
		ret = add(list, &digest, err);
	X509_free(cert);
	return ret;
}

static int add_digest(struct manifest_list *list, const char *text, struct err *err)
{
	struct rivet_digest digest;

	if (!rivet_digest_parse(text, strlen(text), &digest))
		return add(list, &digest, err);
	return err_set(err, EXIT_USAGE,
		       "give digests as rivetctl manifest show prints them, certificates with --cert",
		       "cannot name %s: expected sha256:, verity:sha256: or cert:sha256: and 64 digits",
		       err_name(text));
}

/**
 * revoke_run() - collect all entries that the options name
 * @options: the entries
 * @list: destination; free with manifest_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int revoke_run(const struct revoke_options *options, struct manifest_list *list, struct err *err)
{
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < options->cert_count; i++)
		ret = add_cert(list, options->certs[i], err);
	for (i = 0; !ret && i < options->digest_count; i++)
		ret = add_digest(list, options->digests[i], err);
	return ret;
}
