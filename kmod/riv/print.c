// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - RIV sets written as their manifests
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "riv/print.h"

/**
 * struct output - a manifest being written
 * @buf: output buffer; may be NULL
 * @size: bytes of @buf
 * @len: bytes written so far, those without room counted too
 */
struct output {
	char *buf;
	size_t size;
	size_t len;
};

static void put_bytes(struct output *out, const char *bytes, size_t len)
{
	if (out->buf && len <= out->size && out->len <= out->size - len)
		memcpy(out->buf + out->len, bytes, len);
	out->len += len;
}

static void put_text(struct output *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

static void put_line(struct output *out, const char *key, const char *value)
{
	put_text(out, key);
	put_text(out, value);
	put_text(out, "\n");
}

static void put_number(struct output *out, u64 number)
{
	char digits[24];

	put_bytes(out, digits, scnprintf(digits, sizeof(digits), "%llu", number));
}

static void put_number_line(struct output *out, const char *key, u64 number)
{
	put_text(out, key);
	put_number(out, number);
	put_text(out, "\n");
}

static void put_headers(struct output *out, const struct rivet_set *set)
{
	char until[RIVET_RIV_SET_TIME_MAX];

	put_text(out, "riv-manifest 1\n");
	put_line(out, "name: ", set->name);
	if (set->kind == RIVET_MANIFEST_REVOKE)
		put_line(out, "kind: ", "revoke");
	put_number_line(out, "version: ", set->version);
	if (set->replaces[0])
		put_line(out, "replaces: ", set->replaces);
	if (set->valid_until) {
		rivet_riv_set_format_time(set->valid_until, until, sizeof(until));
		put_line(out, "valid-until: ", until);
	}
	put_number_line(out, "count: ", set->count);
}

static void put_path(struct output *out, const char *path)
{
	size_t plain;

	if (!path) {
		put_text(out, "*");
		return;
	}
	for (;;) {
		plain = strcspn(path, "\\\n");
		put_bytes(out, path, plain);
		path += plain;
		if (!*path)
			return;
		put_text(out, *path++ == '\n' ? "\\n" : "\\\\");
	}
}

/* An entry without uses is a digest alone, as a revocation may have */
static void put_value(struct output *out, const struct rivet_set *set, const struct rivet_riv *riv)
{
	struct rivet_digest digest = { .alg = riv->alg };
	char word[RIVET_DIGEST_TEXT_MAX];

	memcpy(digest.bytes, riv->bytes, sizeof(digest.bytes));
	rivet_digest_format(&digest, word, sizeof(word));
	put_text(out, word);
	if (riv->uses) {
		put_text(out, " ");
		put_number(out, riv->size);
		put_text(out, " ");
		rivet_name_uses_format(riv->uses, word, sizeof(word));
		put_text(out, word);
		put_text(out, " ");
		put_path(out, rivet_riv_set_path(set, riv));
	}
	put_text(out, "\n");
}

/**
 * rivet_riv_text_write() - write the manifest of a set
 * @set: the set
 * @buf: output buffer; may be NULL
 * @size: bytes of @buf
 *
 * A manifest has only one form: these are the bytes that were signed.
 *
 * Context: may sleep; reschedules, killable.
 * Return: bytes of the whole text, also if they are more than @size; -EINTR if
 * the task is being killed.
 */
long rivet_riv_text_write(const struct rivet_set *set, char *buf, size_t size)
{
	struct output out = { .buf = buf, .size = size };
	size_t pause = 0;
	int ret;
	u32 i;

	put_headers(&out, set);
	for (i = 0; i < set->count; i++) {
		put_value(&out, set, &set->rivs[i]);
		ret = rivet_riv_set_pause(out.len, &pause);
		if (ret)
			return ret;
	}
	return out.len;
}
