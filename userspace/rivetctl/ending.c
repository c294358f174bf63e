// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - warnings about times of sets, policies and certificates
 */
#include <time.h>

#include "ending.h"
#include "lib/manifest/manifest.h"
#include "lib/object/cert.h"
#include "lib/object/expiry.h"

#define SLACK	(60 * 60)	/* seconds by which clocks may differ, as for the module */

/**
 * ending_warn_of_set() - warn if a manifest has expired, or will soon
 * @ctx: context of the verb
 * @manifest: its headers
 *
 * A revocation that has expired revokes all the same, so there is no warning.
 */
void ending_warn_of_set(struct context *ctx, const struct rivet_manifest *manifest)
{
	struct buffer text = { 0 };
	time_t now = time(NULL);

	if (!manifest->valid_until || !manifest->count ||
	    manifest->kind == RIVET_MANIFEST_REVOKE ||
	    !expiry_is_soon(manifest->valid_until, now))
		return;
	expiry_text(manifest->valid_until, now, &text);
	if (manifest->kind == RIVET_MANIFEST_RELEASE)
		err_warn(ctx, "the release %.*s %s: the kernel refuses it then",
			 (int)manifest->name.len, manifest->name.ptr, text.data ? text.data : "");
	else
		err_warn(ctx, "set %.*s %s; think of the next version of set %.*s: files that it alone lists do not run once it has expired",
			 (int)manifest->name.len, manifest->name.ptr, text.data ? text.data : "",
			 (int)manifest->name.len, manifest->name.ptr);
	buffer_free(&text);
}

/**
 * ending_warn_of_issued() - warn if an object says that it was issued in the future
 * @ctx: context of the verb
 * @issued: seconds since 1970; 0 if it does not say
 */
void ending_warn_of_issued(struct context *ctx, s64 issued)
{
	char text[MANIFEST_TIME_MAX];

	if (issued <= time(NULL) + SLACK)
		return;
	err_warn(ctx, "it says that it was issued at %s, which is to come: a gateway that has loaded it takes no earlier time for right, and what is valid until then has expired",
		 manifest_time(issued, text));
}

/**
 * ending_warn_of_cert() - warn if a certificate has expired, will soon, or is not valid yet
 * @ctx: context of the verb
 * @cert: the certificate
 */
void ending_warn_of_cert(struct context *ctx, X509 *cert)
{
	static const char then[] =
		"the kernel accepts it all the same, since a gateway's clock may be wrong";
	char subject[4 * CERT_NAME_MAX];
	struct buffer text = { 0 };
	struct cert_dates dates;
	time_t now = time(NULL);

	if (!cert_dates(cert, &dates))
		return;
	cert_subject(cert, subject, sizeof(subject));
	if (dates.begin > now) {
		err_warn(ctx, "the certificate of %s is not valid yet: %s", subject, then);
	} else if (expiry_is_soon(dates.end, now)) {
		expiry_text(dates.end, now, &text);
		err_warn(ctx, "the certificate of %s %s: %s; have a new one issued", subject,
			 text.data ? text.data : "", then);
	}
	buffer_free(&text);
}
