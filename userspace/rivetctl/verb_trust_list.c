// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl trust list - the certificates that this machine trusts
 */
#include "lib/base/text.h"
#include "verbs.h"

/* The words after the description; those that a newer kernel adds are skipped. */
static bool write_attribute(struct json *json, struct rivet_slice word)
{
	static const char * const names[] = { "id", "alg", "digest" };
	char prefix[16];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(prefix, sizeof(prefix), "%s=", names[i]);
		if (!rivet_slice_take_prefix(&word, prefix))
			continue;
		json_bytes(json, names[i], word.ptr, word.len);
		return true;
	}
	return false;
}

/* "signer DESCRIPTION id=HEX alg=NAME digest=DIGEST [revoked]": the description may have blanks. */
static void write_cert(struct json *json, struct rivet_slice line)
{
	struct rivet_slice role, word, description = { 0 };
	bool described = false, revoked = false;

	if (!text_next_word(&line, &role))
		return;
	json_object(json, NULL);
	json_bytes(json, "role", role.ptr, role.len);
	description.ptr = line.ptr;
	while (text_next_word(&line, &word)) {
		described |= write_attribute(json, word);
		if (!described)
			description.len = word.ptr + word.len - description.ptr;
		else
			revoked |= rivet_slice_equal(word, "revoked");
	}
	json_bytes(json, "description", description.ptr, description.len);
	json_bool(json, "revoked", revoked);
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
