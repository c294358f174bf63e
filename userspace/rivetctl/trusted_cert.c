// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the kernel's list of trusted certificates
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/kernel/secfs.h"
#include "trusted_cert.h"

static bool take_attribute(struct rivet_slice word, struct trusted_cert *out)
{
	if (rivet_slice_take_prefix(&word, "id="))
		out->id = word;
	else if (rivet_slice_take_prefix(&word, "alg="))
		out->alg = word;
	else if (rivet_slice_take_prefix(&word, "digest="))
		out->digest = word;
	else
		return false;
	return true;
}

static void take_state(struct rivet_slice word, struct trusted_cert *out)
{
	out->revoked |= rivet_slice_equal(word, "revoked");
	out->built_in |= rivet_slice_equal(word, "built-in");
}

/**
 * trusted_cert_parse() - parse a line of the kernel's list
 * @line: "signer DESCRIPTION id=HEX alg=NAME digest=DIGEST [revoked] [built-in]"
 * @out: the parsed line; points into @line
 *
 * Words that a newer kernel adds behind the description are skipped.
 *
 * Return: false if the line is empty.
 */
bool trusted_cert_parse(struct rivet_slice line, struct trusted_cert *out)
{
	bool described = false;
	struct rivet_slice word;

	memset(out, 0, sizeof(*out));
	if (!text_next_word(&line, &out->role))
		return false;
	out->description.ptr = line.ptr;
	while (text_next_word(&line, &word)) {
		described |= take_attribute(word, out);
		if (!described)
			out->description.len = word.ptr + word.len - out->description.ptr;
		else
			take_state(word, out);
	}
	return true;
}

/**
 * trusted_cert_is_listed() - does the kernel trust this certificate already?
 * @role: "signer" or "ca"
 * @digest: its digest
 *
 * Return: true if so, and no revocation names it; false too if the list cannot be read.
 */
bool trusted_cert_is_listed(const char *role, const struct rivet_digest *digest)
{
	char wanted[RIVET_DIGEST_TEXT_MAX];
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct trusted_cert cert;
	struct err unused;
	bool listed = false;

	rivet_digest_format(digest, wanted, sizeof(wanted));
	if (!secfs_read("trust", &text, &unused)) {
		rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
		while (!listed && text_next_line(&rest, &line))
			listed = trusted_cert_parse(line, &cert) &&
				 rivet_slice_equal(cert.role, role) &&
				 rivet_slice_equal(cert.digest, wanted) && !cert.revoked;
	}
	buffer_free(&text);
	return listed;
}
