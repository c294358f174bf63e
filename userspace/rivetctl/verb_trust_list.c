// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl trust list - the certificates that this machine trusts
 */
#include "lib/base/text.h"
#include "trusted_cert.h"
#include "verbs.h"

static void write_attribute(struct json *json, const char *key, struct rivet_slice value)
{
	if (value.len)
		json_bytes(json, key, value.ptr, value.len);
}

static void write_cert(struct json *json, struct rivet_slice line)
{
	struct trusted_cert cert;

	if (!trusted_cert_parse(line, &cert))
		return;
	json_object(json, NULL);
	json_bytes(json, "role", cert.role.ptr, cert.role.len);
	write_attribute(json, "id", cert.id);
	write_attribute(json, "alg", cert.alg);
	write_attribute(json, "digest", cert.digest);
	json_bytes(json, "description", cert.description.ptr, cert.description.len);
	json_bool(json, "revoked", cert.revoked);
	json_bool(json, "built_in", cert.built_in);
	json_close(json);
}

static void write_json(struct context *ctx, struct rivet_slice text)
{
	struct rivet_slice line = { 0 };
	struct json json;

	verb_json_begin(ctx, &json);
	text_next_line(&text, &line);
	json_bool(&json, "sealed", rivet_slice_equal(line, "sealed"));
	json_array(&json, "certificates");
	while (text_next_line(&text, &line))
		write_cert(&json, line);
	json_end(&json);
}

static void print_text(struct rivet_slice text)
{
	struct rivet_slice line = { 0 };

	text_next_line(&text, &line);
	if (rivet_slice_equal(line, "sealed"))
		puts("Sealed: certificates cannot be removed, and only those that a CA in .rivet_ca "
		     "signed can be added.");
	else
		puts("Open: root can add any certificate; rivetctl trust seal ends that.");
	if (!text.len)
		puts("no certificates; add one with: rivetctl trust add CERT");
	fwrite(text.ptr, 1, text.len, stdout);
}

int verb_trust_list(struct context *ctx, int argc, char **argv)
{
	return verb_show_file(ctx, "trust", write_json, print_text);
}
