// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - anchors: the certificates that the kernel command line names
 *
 * A word rivet.trust=DIGEST names a certificate, with commas several. Then only these are
 * admitted without a CA, so that files which root can change between two boots add no others.
 * The kernel has no setting of the module for this: root could load it with another one.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "text/parse.h"
#include "trust/anchors.h"

#define WORD		"rivet.trust="
#define ANCHORS_MAX	16

#define SPACES	" \t\n\v\f\r"	/* between words, as the kernel reads them */

static struct rivet_digest anchors[ANCHORS_MAX] __ro_after_init;
static u32 count __ro_after_init;
static bool named __ro_after_init;

/* Takes the text up to the first of these characters, and that character */
static struct rivet_slice __init take_until(const char **rest, const char *ends)
{
	struct rivet_slice part = { .ptr = *rest, .len = strcspn(*rest, ends) };

	*rest += part.len;
	if (**rest)
		(*rest)++;
	return part;
}

/* One that means nothing permits nothing: the others remain the only ones. */
static void __init add(struct rivet_slice text)
{
	struct rivet_digest digest;

	if (rivet_digest_parse(text.ptr, text.len, &digest) ||
	    digest.alg == RIVET_DIGEST_VERITY_SHA256) {
		pr_alert("ALARM: " WORD " on the kernel command line has something else than sha256: and 64 digits: no certificate is admitted for it\n");
	} else if (count == ANCHORS_MAX) {
		pr_alert("ALARM: " WORD " on the kernel command line names more than %d certificates: no more are admitted\n",
			 ANCHORS_MAX);
	} else {
		digest.alg = RIVET_DIGEST_CERT_SHA256;
		anchors[count++] = digest;
	}
}

static void __init add_all(struct rivet_slice word)
{
	const char *rest = word.ptr, *end = word.ptr + word.len;
	bool any = false;

	while (rest < end) {
		struct rivet_slice part = take_until(&rest, SPACES ",\"");

		if (part.len)
			add(part);
		any |= part.len;
	}
	if (!any)
		pr_alert("ALARM: " WORD " on the kernel command line names nothing: no certificate is admitted\n");
}

/**
 * rivet_anchors_read() - read the digests from the kernel command line
 * @line: the command line; NULL if it cannot be read, so that none is admitted
 *
 * Context: module init.
 */
void __init rivet_anchors_read(const char *line)
{
	if (!line) {
		pr_alert("ALARM: the kernel command line cannot be read from /proc, or is too long: no certificate is admitted; mount it, and load the module again\n");
		named = true;
		return;
	}
	while (*line) {
		struct rivet_slice word = take_until(&line, SPACES);

		rivet_slice_take_prefix(&word, "\"");	/* the kernel permits quotes */
		if (!rivet_slice_take_prefix(&word, WORD))
			continue;
		named = true;
		add_all(word);
	}
}

/**
 * rivet_anchors_are_named() - does the command line say which certificates are trusted?
 *
 * Context: any.
 * Return: true if it does, also if nothing of it has a meaning.
 */
bool rivet_anchors_are_named(void)
{
	return named;
}

/**
 * rivet_anchors_has() - look a certificate up
 * @digest: its rivet_cert_digest()
 *
 * Context: any.
 * Return: whether the command line names it.
 */
bool rivet_anchors_has(const struct rivet_digest *digest)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (rivet_digest_equal(&anchors[i], digest))
			return true;
	}
	return false;
}

/**
 * rivet_anchors_count() - count the certificates that the command line names
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_anchors_count(void)
{
	return count;
}
