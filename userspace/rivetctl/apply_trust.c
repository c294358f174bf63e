// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - the certificates in ca.d and trust.d, and the seal
 */
#include <string.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "lib/kernel/keyring.h"
#include "lib/kernel/secfs.h"
#include "trust_cert.h"
#include "trusted_cert.h"

#define PART "trust"

static int refuse_several(const struct buffer *data, const char *shown, struct err *err)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const char *first = strstr(data->data, begin);

	if (!first || !strstr(first + 1, begin))
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, "make a file of each",
		       "%s: more than one certificate in it", err_name(shown));
}

/* Return: EXIT_OK; EXIT_NOTHING if the certificate is trusted already; or an error. */
static int add_cert(struct apply *a, const char *ring, X509 *cert, const char *shown,
		    struct rivet_digest *digest, struct err *err)
{
	bool is_ca = !strcmp(ring, KEYRING_CAS);
	int ret;

	ret = trust_cert_check(cert, ring, shown, err);
	if (ret) {
		err->next = is_ca ? "a signer belongs in /etc/rivet/trust.d" :
				    "a CA belongs in /etc/rivet/ca.d";
		return ret;
	}
	ret = cert_digest(cert, shown, digest, err);
	if (ret)
		return ret;
	if (a->loaded && trusted_cert_is_listed(is_ca ? "ca" : "signer", digest))
		return EXIT_NOTHING;
	return a->dry_run || !a->loaded ? EXIT_OK : trust_cert_add(cert, ring, shown, err);
}

static void take_cert(struct apply *a, const char *ring, int folder, const char *name,
		      const char *shown)
{
	char subject[4 * CERT_NAME_MAX];
	struct rivet_digest digest = { 0 };
	struct buffer data = { 0 };
	struct apply_item *item = NULL;
	struct err err = { 0 };
	X509 *cert = NULL;
	int ret;

	ret = protected_read(folder, name, shown, CERT_FILE_MAX, &data, &err);
	if (!ret)
		ret = refuse_several(&data, shown, &err);
	if (!ret)
		ret = cert_parse(&data, shown, &cert, &err);
	if (!ret)
		ret = add_cert(a, ring, cert, shown, &digest, &err);
	if (!cert || (ret && ret != EXIT_NOTHING))
		item = apply_fault(a, shown, &err);
	else if (a->loaded || a->dry_run)
		item = apply_tell(a, ret ? APPLY_KEPT : APPLY_CHANGED, shown, "%s %s",
				  strcmp(ring, KEYRING_CAS) ? "signer" : "CA",
				  cert_subject(cert, subject, sizeof(subject)));
	if (item)
		item->cert = digest;
	X509_free(cert);
	buffer_free(&data);
}

static void take_ca(struct apply *a, int folder, const char *name, const char *shown)
{
	take_cert(a, KEYRING_CAS, folder, name, shown);
}

static void take_signer(struct apply *a, int folder, const char *name, const char *shown)
{
	take_cert(a, KEYRING_SIGNERS, folder, name, shown);
}

static void seal(struct apply *a)
{
	struct err err = { 0 };
	struct status status;
	int ret;

	if (!a->loaded) {
		if (a->dry_run)
			apply_tell(a, APPLY_CHANGED, PART, "to be sealed");
		return;
	}
	ret = apply_status(&status, &err);
	if (!ret && status_has(&status, RIVET_A_STATUS_SEALED)) {
		apply_tell(a, APPLY_KEPT, PART, "sealed");
		return;
	}
	if (!ret && !a->dry_run)
		ret = secfs_write("trust", "seal", strlen("seal"), "cannot seal the trust rings",
				  &err);
	if (ret)
		apply_fault(a, PART, &err);
	else
		apply_tell(a, APPLY_CHANGED, PART, "sealed");
}

/* Signers may be built into the module. */
static bool has_signer(const struct apply *a)
{
	struct err unused = { 0 };
	struct status status;

	return a->loaded && !apply_status(&status, &unused) && status.signers;
}

/**
 * apply_trust() - add CAs and signers, and seal
 * @a: the run
 *
 * The rings are sealed also if a certificate is at fault: root is not to have the time until
 * it is mended. Its own CA lets it be added later.
 */
void apply_trust(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };

	apply_each(a, "ca.d", ".pem", take_ca);
	if (!apply_each(a, "trust.d", ".pem", take_signer) && !has_signer(a)) {
		apply_path(a, "/etc/rivet/trust.d", shown);
		err_set(&err, EXIT_CONFIG, "copy the signer's certificate there, as NAME.pem",
			"%s has no certificate: nothing signed can be loaded", err_name(shown));
		apply_fault(a, shown, &err);
	}
	seal(a);
}
