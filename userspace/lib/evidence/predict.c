// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: the measurement list that objects will give
 *
 * The texts are those that the kernel writes for them.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/evidence/predict.h"
#include "lib/object/cert.h"
#include "lib/object/object.h"
#include "text/version3.h"
#include "version.h"

#define FILE_MAX	OBJECT_FILE_MAX

static void extend(struct predict *predict, const uint8_t *data, size_t len)
{
	uint8_t sha1[2 * SHA_DIGEST_LENGTH], sha256[2 * SHA256_DIGEST_LENGTH];

	memcpy(sha1, predict->sha1, SHA_DIGEST_LENGTH);
	SHA1(data, len, sha1 + SHA_DIGEST_LENGTH);
	SHA1(sha1, sizeof(sha1), predict->sha1);
	memcpy(sha256, predict->sha256, SHA256_DIGEST_LENGTH);
	SHA256(data, len, sha256 + SHA256_DIGEST_LENGTH);
	SHA256(sha256, sizeof(sha256), predict->sha256);
}

__attribute__((format(printf, 3, 4)))
static void add(struct predict *predict, const char *name, const char *fmt, ...)
{
	uint8_t data[RIVET_RECORD_DATA_MAX], digest[SHA256_DIGEST_LENGTH];
	struct rivet_slice text = { .ptr = predict->text };
	va_list args;

	va_start(args, fmt);
	vsnprintf(predict->text, sizeof(predict->text), fmt, args);
	va_end(args);
	text.len = strlen(predict->text);
	predict->name = name;
	SHA256((const uint8_t *)text.ptr, text.len, digest);
	extend(predict, data, rivet_record_data(name, text, digest, data));
}

/**
 * predict_start() - begin as the module does when it is loaded
 * @predict: filled
 */
void predict_start(struct predict *predict)
{
	memset(predict, 0, sizeof(*predict));
	add(predict, "rivet:start", "version %s", RIVET_VERSION);
}

/**
 * predict_word() - go on by a change that is no object
 * @predict: the list so far
 * @word: seal, enforce, trial, confirm or audit
 *
 * Return: 0; -1 for another word.
 */
int predict_word(struct predict *predict, const char *word)
{
	static const char * const modes[] = { "enforce", "trial", "confirm", "audit" };
	size_t i;

	if (!strcmp(word, "seal")) {
		add(predict, "rivet:seal", "sealed");
		return 0;
	}
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(word, modes[i]))
			continue;
		add(predict, "rivet:mode", "%s", word);
		return 0;
	}
	return -1;
}

static void digest_text(const struct object_file *file, char text[RIVET_DIGEST_TEXT_MAX])
{
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256 };

	SHA256((const uint8_t *)file->parts.text, file->parts.text_len, digest.bytes);
	rivet_digest_format(&digest, text, RIVET_DIGEST_TEXT_MAX);
}

static int add_policy(struct predict *predict, const struct object_file *file, struct err *err)
{
	char version[RIVET_VERSION3_MAX], digest[RIVET_DIGEST_TEXT_MAX];
	struct rivet_rules rules;
	int ret = object_read_policy(file, &rules, err);

	if (ret)
		return ret;
	rivet_version3_text(rules.version, version);
	digest_text(file, digest);
	add(predict, "rivet:policy", "%.*s %s %s", (int)rules.name.len, rules.name.ptr, version,
	    digest);
	return EXIT_OK;
}

static int add_manifest(struct predict *predict, const struct object_file *file, struct err *err)
{
	char digest[RIVET_DIGEST_TEXT_MAX];
	struct rivet_manifest manifest;
	int ret = object_read_manifest(file, &manifest, err);

	if (ret)
		return ret;
	digest_text(file, digest);
	add(predict, manifest.kind == RIVET_MANIFEST_REVOKE ? "rivet:revoke" : "rivet:riv",
	    "%.*s %" PRIu64 " %s", (int)manifest.name.len, manifest.name.ptr,
	    (uint64_t)manifest.version, digest);
	return EXIT_OK;
}

static int add_object(struct predict *predict, const struct object_file *file, struct err *err)
{
	if (file->parts.kind == RIVET_OBJECT_POLICY)
		return add_policy(predict, file, err);
	if (file->parts.kind == RIVET_OBJECT_MANIFEST)
		return add_manifest(predict, file, err);
	return err_set(err, EXIT_INVALID, "give signed manifests and policies, certificates, and the words seal, enforce, trial, confirm, audit",
		       "%s: no record is made of it", err_name(file->name));
}

static int add_cert(struct predict *predict, const struct buffer *data, const char *path,
		    struct err *err)
{
	char text[RIVET_DIGEST_TEXT_MAX];
	struct rivet_digest digest;
	X509 *cert = NULL;
	int ret = cert_parse(data, path, &cert, err);

	if (!ret)
		ret = cert_digest(cert, path, &digest, err);
	if (!ret) {
		rivet_digest_format(&digest, text, sizeof(text));
		add(predict, "rivet:trust", "%s %s", cert_missing_for_ca(cert) ? "signer" : "ca",
		    text);
	}
	X509_free(cert);
	return ret;
}

/**
 * predict_file() - go on by an object that is loaded
 * @predict: the list so far
 * @path: a signed manifest or policy, or a certificate
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int predict_file(struct predict *predict, const char *path, struct err *err)
{
	struct object_file file = { 0 };
	struct buffer data;
	int ret = file_read(path, FILE_MAX, &data, err);

	if (ret)
		return ret;
	if (data.len < sizeof(RIVET_OBJECT_MAGIC) - 1 ||
	    memcmp(data.data + data.len - (sizeof(RIVET_OBJECT_MAGIC) - 1), RIVET_OBJECT_MAGIC,
		   sizeof(RIVET_OBJECT_MAGIC) - 1)) {
		ret = add_cert(predict, &data, path, err);
		buffer_free(&data);
		return ret;
	}
	ret = object_take(&file, path, &data, RIVET_OBJECT_UNKNOWN, err);
	if (!ret)
		ret = add_object(predict, &file, err);
	object_close(&file);
	return ret;
}
