// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - the first line of the saved floors
 *
 * It has the digest of the floors below it, so that damage shows, and what the last run found:
 * whether the policy had boot=enforce and rivet.conf had mode = enforce, and a digest of all
 * certificates. A boot that finds less raises an alarm, and so does the next one; a run with
 * sealed rings is the operator's, or the initramfs has sealed them: it tells what differs, and
 * that is remembered instead.
 */
#include <string.h>

#include <openssl/evp.h>

#include "apply.h"
#include "lib/kernel/secfs.h"
#include "policy/parser.h"

#define HEADER	"# rivet floors "
#define BOOT	"boot=enforce"
#define MODE	"mode=enforce"
#define CERTS	"certs="

static bool digest_of(struct rivet_slice text, char out[RIVET_DIGEST_TEXT_MAX])
{
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256 };

	if (!EVP_Digest(text.ptr, text.len, digest.bytes, NULL, EVP_sha256(), NULL))
		return false;
	rivet_digest_format(&digest, out, RIVET_DIGEST_TEXT_MAX);
	return true;
}

static bool take_word(struct apply *a, struct rivet_slice word)
{
	if (rivet_slice_equal(word, BOOT))
		a->confirmed = true;
	else if (rivet_slice_equal(word, MODE))
		a->was_wanted = true;
	else if (rivet_slice_take_prefix(&word, CERTS) && word.len < sizeof(a->old_certs))
		snprintf(a->old_certs, sizeof(a->old_certs), "%.*s", (int)word.len, word.ptr);
	else
		return false;
	return true;
}

/**
 * apply_take_header() - check the floors as they were saved, and read what was found then
 * @a: the run
 * @text: the file; the floors alone are left in it
 * @unknown: set to the first word that only a newer rivetctl knows; empty if there is none
 *
 * The text alone, as an operator may have saved it, has no such line. An empty file is never
 * saved.
 *
 * Return: false if the file is not as it was saved.
 */
bool apply_take_header(struct apply *a, struct rivet_slice *text, struct rivet_slice *unknown)
{
	char digest[RIVET_DIGEST_TEXT_MAX];
	struct rivet_slice line, word, rest = *text;

	*unknown = (struct rivet_slice){ 0 };
	if (!text->len)
		return false;
	if (*text->ptr != '#')
		return true;
	if (!text_next_line(&rest, &line) || !rivet_slice_take_prefix(&line, HEADER) ||
	    !digest_of(rest, digest) || !text_next_word(&line, &word) ||
	    !rivet_slice_equal(word, digest))
		return false;
	while (text_next_word(&line, &word)) {
		if (!take_word(a, word) && !unknown->len)
			*unknown = word;
	}
	*text = rest;
	return true;
}

/*
 * The module shows the policy as it was signed. A built-in one, and one that cannot be read,
 * leave a confirmation alone.
 */
static bool says_enforce(const struct apply *a)
{
	struct rivet_parse_error unused_error = { 0 };
	bool says = a->confirmed;
	struct buffer text = { 0 };
	struct rivet_rules rules;
	struct status status;
	struct err unused;

	if (apply_status(&status, &unused) || !status_has(&status, RIVET_A_STATUS_POLICY_LOADED))
		return says;
	if (!secfs_read("policy", &text, &unused) &&
	    rivet_policy_parse(text.data, text.len, &rules, NULL, 0, &unused_error) >= 0)
		says = rules.settings.value[RIVET_SETTING_BOOT] == RIVET_BOOT_ENFORCE;
	buffer_free(&text);
	return says;
}

/* Of the certificates' digests, in the order of their files; false without memory. */
static bool certs_digest(const struct apply *a, char out[RIVET_DIGEST_TEXT_MAX])
{
	const struct apply_item *item;
	char digest[RIVET_DIGEST_TEXT_MAX];
	struct buffer text = { 0 };
	bool done;

	for (item = a->first; item; item = item->after) {
		if (rivet_digest_format(&item->cert, digest, sizeof(digest)))
			text_add(&text, "%s\n", digest);
	}
	done = !text.failed &&
	       digest_of((struct rivet_slice){ .ptr = text.data, .len = text.len }, out);
	buffer_free(&text);
	return done;
}

/**
 * apply_add_header() - the floors as they are to be saved
 * @a: the run
 * @floors: the module's floors
 * @out: the line and the floors are added
 *
 * Return: false without memory.
 */
bool apply_add_header(const struct apply *a, const struct buffer *floors, struct buffer *out)
{
	struct rivet_slice text = { .ptr = floors->data, .len = floors->len };
	char digest[RIVET_DIGEST_TEXT_MAX], certs[RIVET_DIGEST_TEXT_MAX];

	if (!digest_of(text, digest) || !certs_digest(a, certs))
		return false;
	text_add(out, HEADER "%s%s%s " CERTS "%s\n", digest, says_enforce(a) ? " " BOOT : "",
		 a->wanted || a->conf_changed ? " " MODE : "",
		 a->certs_changed ? a->old_certs : certs);
	buffer_add(out, floors->data, floors->len);
	return !out->failed;
}

static void compare_certs(struct apply *a)
{
	char shown[APPLY_PATH_MAX], now[RIVET_DIGEST_TEXT_MAX];
	struct err err = { 0 };

	if (!*a->old_certs || !certs_digest(a, now) || !strcmp(a->old_certs, now))
		return;
	apply_path(a, "/etc/rivet", shown);
	if (a->sealed_before) {
		apply_tell(a, APPLY_NOTE, shown,
			   "the certificates in ca.d and trust.d are others than at the last run: from the next boot on these hold, and no alarm tells it; unless you changed them, put back a copy of both folders");
		return;
	}
	a->certs_changed = true;
	err_set(&err, EXIT_CONFIG, "unless you changed them, put back a copy of both folders",
		"the certificates in ca.d and trust.d of %s are others than at the last run",
		err_name(shown));
	apply_fault(a, shown, &err);
}

static void compare_conf(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };

	if (!a->was_wanted || a->wanted)
		return;
	apply_path(a, "/etc/rivet/rivet.conf", shown);
	if (a->sealed_before) {
		apply_tell(a, APPLY_NOTE, shown,
			   "it has no line mode = enforce any more: the next boot does not enforce for it, and no alarm tells it; unless you changed it, put the line back");
		return;
	}
	a->conf_changed = true;
	err_set(&err, EXIT_CONFIG,
		"put the line back, or sign the policy with SET boot=enforce, which no file undoes",
		"%s has no line mode = enforce any more", err_name(shown));
	apply_fault(a, shown, &err);
}

/*
 * With trust anchors, or once it enforced, a machine had floors: an older policy, which does
 * not say boot=enforce, may just have been accepted for want of them.
 */
static bool is_to_enforce(const struct apply *a)
{
	return a->confirmed || a->enforced_before || says_enforce(a);
}

static void tell_missing(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };

	apply_path(a, "/var/lib/rivet/floor", shown);
	if (!a->loaded || !is_to_enforce(a)) {
		apply_tell(a, APPLY_NOTE, shown,
			   "no floors are saved yet: an older version would be accepted");
		return;
	}
	err_set(&err, EXIT_CONFIG, "put back a copy; a new machine has none, see: man rivetctl, apply",
		"%s does not exist, though this machine is to enforce: an older version was not refused",
		err_name(shown));
	apply_fault(a, shown, &err);
}

/**
 * apply_compare() - compare with what the last run found
 * @a: the run
 *
 * Missing floors are told once, since the run saves those it has.
 */
void apply_compare(struct apply *a)
{
	if (a->floors_missing)
		tell_missing(a);
	if (!a->loaded || (a->dry_run && !a->sealed_before))
		return;
	compare_certs(a);
	compare_conf(a);
}
