// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - the mode: rivet.conf can only raise it, and a lost policy does not lower it
 */
#include <string.h>

#include "apply.h"
#include "lib/base/keyed.h"
#include "lib/base/protected.h"
#include "lib/kernel/secfs.h"

#define CONF		"rivet.conf"
#define CONF_MAX	(64 * 1024)
#define PART		"mode"

/* Return: false if the line means nothing. */
static bool take_line(struct rivet_slice line, bool *enforce)
{
	struct rivet_slice key, value;

	if (keyed_split(line, &key, &value))
		return false;
	if (!key.ptr)
		return true;
	if (!rivet_slice_equal(key, "mode") || !rivet_slice_equal(value, "enforce"))
		return false;
	*enforce = true;
	return true;
}

static int parse(const struct buffer *text, const char *shown, bool *enforce, struct err *err)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line;
	unsigned int number = 0;
	int ret = EXIT_OK;

	while (text_next_line(&rest, &line)) {
		number++;
		if (!take_line(line, enforce))
			ret = err_set(err, EXIT_CONFIG,
				      "it can only raise protection; enforce is left by a signed token: rivetctl unlock request",
				      "%s:%u: expected mode = enforce", err_name(shown), number);
	}
	return ret;
}

/**
 * apply_conf() - read rivet.conf
 * @a: the run
 *
 * A line at fault does not hide the others.
 */
void apply_conf(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct buffer text = { 0 };
	struct err err = { 0 };
	int ret;

	apply_path(a, "/etc/rivet/" CONF, shown);
	ret = protected_read(a->folder_fd, CONF, shown, CONF_MAX, &text, &err);
	if (!ret)
		ret = parse(&text, shown, &a->wanted, &err);
	if (ret && ret != EXIT_NOTHING)
		apply_fault(a, shown, &err);
	buffer_free(&text);
}

/* "2 preconditions are not met: trust: not sealed; riv: ...", as many as there is room for */
static void name_missing(struct err *err)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct err unused;
	size_t len;

	if (secfs_read("preconditions", &text, &unused)) {
		buffer_free(&text);
		return;
	}
	len = snprintf(err->text, sizeof(err->text), "cannot enforce");
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (text_next_line(&rest, &line)) {
		if (!rivet_slice_take_prefix(&line, "missing ") ||
		    len + line.len + 3 > sizeof(err->text))
			continue;
		len += snprintf(err->text + len, sizeof(err->text) - len, "; %.*s", (int)line.len,
				line.ptr);
	}
	err->next = "list these files in a set, or see: rivetctl doctor";
	buffer_free(&text);
}

static void enforce(struct apply *a)
{
	struct err err = { 0 };

	if (a->dry_run) {
		apply_tell(a, APPLY_CHANGED, PART, "enforce");
		return;
	}
	if (!secfs_write(PART, "enforce", strlen("enforce"), "cannot enforce", &err)) {
		apply_tell(a, APPLY_CHANGED, PART, "enforce");
		return;
	}
	if (err.code == EXIT_DENIED)
		name_missing(&err);
	apply_fault(a, PART, &err);
}

/* The built-in policy that denies all but matches is better than none. */
static void fall_back(struct apply *a)
{
	static const char word[] = "fallback", what[] = "cannot enforce without a policy";
	struct err err = { 0 };

	if (!a->dry_run && secfs_write(PART, word, strlen(word), what, &err))
		apply_fault(a, PART, &err);
	else
		apply_tell(a, APPLY_CHANGED, PART,
			   "enforce, with the built-in policy, which denies all but matches");
}

/* Nothing but the policy may be missing: nobody has tried enforcement on this machine yet. */
static void enforce_unconfirmed(struct apply *a)
{
	struct err err = { 0 };
	int ret = a->dry_run ? EXIT_NOTHING : apply_lacks_only_policy(&err);

	if (!ret)
		fall_back(a);
	else if (ret == EXIT_NOTHING)
		enforce(a);
	else
		apply_fault(a, PART, &err);
}

static void tell_enforcing(struct apply *a, const struct status *status)
{
	apply_tell(a, a->enforced_before ? APPLY_KEPT : APPLY_CHANGED, PART, "enforce%s%s",
		   a->enforced_before ? "" : ", as the policy says by boot=enforce",
		   status_has(status, RIVET_A_STATUS_CONFIRM_LEFT) ?
		   ", on trial and not confirmed by this" : "");
}

/**
 * apply_mode() - enforce, if rivet.conf says so, or the last policy, which is lost
 * @a: the run
 *
 * A policy that is loaded and says boot=enforce has been obeyed by the module. Enforcement on
 * trial is not confirmed by this: only an operator can, or such a policy.
 */
void apply_mode(struct apply *a)
{
	struct err err = { 0 };
	struct status status;
	bool has_policy;

	if (!a->loaded) {
		if (a->wanted && a->dry_run)
			apply_tell(a, APPLY_CHANGED, PART, "enforce");
		return;
	}
	if (apply_status(&status, &err)) {
		apply_fault(a, PART, &err);
		return;
	}
	has_policy = status_has(&status, RIVET_A_STATUS_POLICY_LOADED);
	if (status.mode == RIVET_MODE_ENFORCE)
		tell_enforcing(a, &status);
	else if (!has_policy && a->confirmed)
		fall_back(a);
	else if (a->wanted && !apply_is_in_root(a))
		apply_tell(a, APPLY_NOTE, PART,
			   "left to rivet.service: the programs that run now are not those of the root");
	else if (a->wanted && !has_policy)
		enforce_unconfirmed(a);
	else if (a->wanted)
		enforce(a);
}
