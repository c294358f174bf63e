// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - anchors: the certificates that are built in, or that the kernel command line names
 *
 * A word rivet.trust=DIGEST names a certificate, with commas several. Then only these are
 * admitted without a CA, so that files which root can change between two boots add no others.
 * The kernel has no setting of the module for this: root could load it with another one. Where
 * certificates are built in, the command line names no more: it may be easier to change.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "text/parse.h"
#include "trust/anchors.h"
#include "trust/built_in.h"

#define WORD		"rivet.trust="
#define ANCHORS_MAX	16
#define NAMES_NOT	WORD " on the kernel command line does not name "
#define NO_CA		"no CA in .rivet_ca has certified it"

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

static void __init add_built_in(void)
{
	u32 i;

	for (i = 0; i < rivet_built_in_count() && count < ANCHORS_MAX; i++)
		rivet_built_in_digest(i, &anchors[count++]);
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

static void __init read_line(const char *line)
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
		if (!rivet_built_in_count())
			add_all(word);
		else
			pr_alert(WORD " on the kernel command line is ignored: the anchors are built into the module\n");
	}
}

/**
 * rivet_anchors_read() - read the digests of the anchors
 * @line: the command line; NULL if it cannot be read, so that none is admitted for it
 *
 * Context: module init.
 */
void __init rivet_anchors_read(const char *line)
{
	add_built_in();
	if (line || !rivet_built_in_count())
		read_line(line);
	named |= rivet_built_in_count();
}

/**
 * rivet_anchors_are_named() - do module or command line say which certificates are trusted?
 *
 * Context: any.
 * Return: true if one does, also if nothing of it has a meaning.
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
 * Return: whether it is an anchor.
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
 * rivet_anchors_has_built_in() - is a certificate part of the module?
 * @digest: its rivet_cert_digest()
 *
 * Context: any.
 * Return: whether it is.
 */
bool rivet_anchors_has_built_in(const struct rivet_digest *digest)
{
	return rivet_built_in_count() && rivet_anchors_has(digest);
}

/**
 * rivet_anchors_count() - count the anchors
 *
 * Context: any.
 * Return: the number.
 */
u32 rivet_anchors_count(void)
{
	return count;
}

/**
 * rivet_anchors_why_not() - describe why a certificate that is no anchor is refused
 * @ca: it is the certificate of a CA; else of a signer that no CA has certified
 *
 * Context: any.
 * Return: a clause for the end of a sentence.
 */
const char *rivet_anchors_why_not(bool ca)
{
	static const char * const reasons[2][2] = {
		{ NAMES_NOT "it, and " NO_CA, "it is not built into the module, and " NO_CA },
		{ NAMES_NOT "this CA", "this CA is not built into the module" },
	};

	return reasons[ca][rivet_built_in_count() > 0];
}
