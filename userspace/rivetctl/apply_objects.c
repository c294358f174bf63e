// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - revocations, sets and the policy
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "lib/kernel/secfs.h"
#include "lib/object/expiry.h"
#include "load_object.h"
#include "loaded_sets.h"
#include "text/version3.h"

#define POLICY "policy.signed"

/* Opens and checks a text of the folder; close it with object_close(), also on error. */
static int open_text(int folder, const char *name, const char *shown,
		     enum rivet_object_kind kind, struct object_file *file, struct err *err)
{
	struct buffer data = { 0 };
	int ret;

	memset(file, 0, sizeof(*file));
	ret = protected_read(folder, name, shown, OBJECT_FILE_MAX, &data, err);
	if (!ret)
		ret = object_take(file, shown, &data, kind, err);
	buffer_free(&data);
	return ret ? ret : load_check(file, err);
}

/*
 * The kernel accepts the same bytes again, and then changes nothing: its generation tells.
 * Return: EXIT_OK; EXIT_NOTHING if it was loaded before; or an error.
 */
static int load(const char *to, const struct object_file *file, struct err *err)
{
	struct status before, after;
	int ret = apply_status(&before, err);

	if (!ret)
		ret = load_write(to, file, err);
	if (!ret)
		ret = apply_status(&after, err);
	if (ret)
		return ret;
	return before.riv_generation == after.riv_generation &&
	       before.policy_generation == after.policy_generation ? EXIT_NOTHING : EXIT_OK;
}

/* Of a set in the kernel's list: EXIT_NOTHING if it is loaded, EXIT_OK if it is to be. */
static int compare_set(const char *shown, const struct rivet_manifest *m,
		       const struct loaded_set *set, struct err *err)
{
	if (m->version == set->version)
		return EXIT_NOTHING;
	if (m->version > set->version)
		return EXIT_OK;
	return err_set(err, EXIT_INVALID, "put the newest version back",
		       "%s is version %llu, and version %llu is loaded", err_name(shown),
		       (unsigned long long)m->version, (unsigned long long)set->version);
}

static const char *kind_word(enum rivet_manifest_kind kind)
{
	return kind == RIVET_MANIFEST_REVOKE ? "revoke" : "set";
}

/* The answer that load() would give, as far as the kernel's list tells. */
static int foresee(const char *shown, const struct rivet_manifest *m, struct err *err)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct loaded_set set;
	struct err unused;
	int ret = EXIT_OK;

	secfs_read("riv", &text, &unused);
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (text_next_line(&rest, &line)) {
		if (loaded_set_parse(line, &set) &&
		    rivet_slice_equal(set.kind, kind_word(m->kind)) &&
		    rivet_slice_same(set.name, m->name))
			ret = compare_set(shown, m, &set, err);
	}
	buffer_free(&text);
	return ret;
}

static void note_name(struct apply_item *item, const struct rivet_manifest *m)
{
	if (!item)
		return;
	item->kind = m->kind;
	item->version = m->version;
	memcpy(item->object, m->name.ptr, m->name.len);
	item->object[m->name.len] = '\0';
}

static void note_expiry(struct apply *a, const char *shown, const struct rivet_manifest *m)
{
	struct buffer text = { 0 };

	if (!m->valid_until || !expiry_is_soon(m->valid_until, time(NULL)))
		return;
	expiry_text(m->valid_until, time(NULL), &text);
	if (text.data)
		apply_tell(a, APPLY_NOTE, shown, "%s: think of the next version", text.data);
	buffer_free(&text);
}

static void note_manifest(struct apply *a, const char *shown, const struct rivet_manifest *m,
			  int ret, const struct err *err)
{
	const char *kind = m->kind == RIVET_MANIFEST_REVOKE ? "revocation" : "set";
	struct apply_item *item;

	if (ret && ret != EXIT_NOTHING)
		item = apply_fault(a, shown, err);
	else
		item = apply_tell(a, ret ? APPLY_KEPT : APPLY_CHANGED, shown,
				  "%s %.*s version %llu, %u value%s%s", kind, (int)m->name.len,
				  m->name.ptr, (unsigned long long)m->version, m->count,
				  m->count == 1 ? "" : "s", m->count ? "" : ": withdrawn");
	note_name(item, m);
	if (!ret || ret == EXIT_NOTHING)
		note_expiry(a, shown, m);
}

static int check_place(const char *shown, const struct rivet_manifest *m,
		       enum rivet_manifest_kind kind, struct err *err)
{
	if (m->kind == kind)
		return EXIT_OK;
	if (m->kind == RIVET_MANIFEST_RELEASE)
		return err_set(err, EXIT_INVALID, "rivetctl quarantine release FILE.signed",
			       "%s is a release, which is loaded once and by hand",
			       err_name(shown));
	if (m->kind == RIVET_MANIFEST_REVOKE)
		return err_set(err, EXIT_INVALID, "move it to /etc/rivet/revoke.d",
			       "%s is a revocation", err_name(shown));
	return err_set(err, EXIT_INVALID, "move it to /etc/rivet/riv.d", "%s is a set",
		       err_name(shown));
}

static void take_manifest(struct apply *a, enum rivet_manifest_kind kind, int folder,
			  const char *name, const char *shown)
{
	struct rivet_manifest m;
	struct object_file file;
	struct err err = { 0 };
	int ret;

	ret = open_text(folder, name, shown, RIVET_OBJECT_MANIFEST, &file, &err);
	if (!ret)
		ret = object_read_manifest(&file, &m, &err);
	if (!ret)
		ret = check_place(shown, &m, kind, &err);
	if (ret) {
		apply_fault(a, shown, &err);
	} else if (a->loaded || a->dry_run) {
		ret = a->dry_run ? foresee(shown, &m, &err) :
		      load(kind == RIVET_MANIFEST_REVOKE ? "revoke" : "riv", &file, &err);
		note_manifest(a, shown, &m, ret, &err);
	}
	object_close(&file);
}

static void take_revocation(struct apply *a, int folder, const char *name, const char *shown)
{
	take_manifest(a, RIVET_MANIFEST_REVOKE, folder, name, shown);
}

static void take_set(struct apply *a, int folder, const char *name, const char *shown)
{
	take_manifest(a, RIVET_MANIFEST_SET, folder, name, shown);
}

static int foresee_policy(const struct rivet_rules *rules, struct err *err)
{
	char version[RIVET_VERSION3_MAX];
	struct status status;

	if (apply_status(&status, err))
		return EXIT_OK;
	rivet_version3_text(rules->version, version);
	return rivet_slice_equal(rules->name, status.policy) &&
	       !strcmp(version, status.policy_version) ? EXIT_NOTHING : EXIT_OK;
}

static void note_policy(struct apply *a, const char *shown, const struct rivet_rules *rules,
			int ret, const struct err *err)
{
	char version[RIVET_VERSION3_MAX];

	if (ret && ret != EXIT_NOTHING) {
		apply_fault(a, shown, err);
		return;
	}
	rivet_version3_text(rules->version, version);
	apply_tell(a, ret ? APPLY_KEPT : APPLY_CHANGED, shown, "policy %.*s %s, %zu rules",
		   (int)rules->name.len, rules->name.ptr, version, rules->count);
}

static void take_policy(struct apply *a)
{
	struct rivet_rules rules = { 0 };
	char shown[APPLY_PATH_MAX];
	struct object_file file;
	struct err err = { 0 };
	int ret;

	apply_path(a, "/etc/rivet/" POLICY, shown);
	ret = open_text(a->folder_fd, POLICY, shown, RIVET_OBJECT_POLICY, &file, &err);
	if (ret == EXIT_NOTHING)
		ret = err_set(&err, EXIT_CONFIG, "copy the signed policy there",
			      "%s does not exist", err_name(shown));
	if (!ret)
		ret = object_read_policy(&file, &rules, &err);
	if (ret) {
		apply_fault(a, shown, &err);
	} else if (a->loaded || a->dry_run) {
		ret = a->dry_run ? foresee_policy(&rules, &err) : load("policy", &file, &err);
		note_policy(a, shown, &rules, ret, &err);
	}
	free(rules.rules);
	object_close(&file);
}

/**
 * apply_objects() - load revocations, then sets, then the policy
 * @a: the run
 */
void apply_objects(struct apply *a)
{
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };

	apply_each(a, "revoke.d", ".signed", take_revocation);
	if (!apply_each(a, "riv.d", ".signed", take_set)) {
		apply_path(a, "/etc/rivet/riv.d", shown);
		err_set(&err, EXIT_CONFIG, "copy the signed sets there, as NAME.signed",
			"%s has no set: no file would match", err_name(shown));
		apply_fault(a, shown, &err);
	}
	take_policy(a);
}

/* Of the withdrawals in pending.d/NAME: ", withdraws A, B", or nothing */
static void list_withdrawals(int folder, const char *shown, const char *update,
			     struct buffer *text)
{
	struct protected_names names = { 0 };
	struct err unused;
	int pending = -1;
	size_t i, len;

	if (protected_folder(folder, update, shown, &pending, &unused))
		return;
	protected_list(pending, shown, &names, &unused);
	for (i = 0; i < names.count; i++) {
		len = strlen(names.names[i]);
		if (len <= strlen(".signed"))
			continue;
		len -= strlen(".signed");
		if (strcmp(names.names[i] + len, ".signed") ||
		    !rivet_name_is_valid(names.names[i], len))
			continue;
		buffer_add_text(text, text->len ? ", " : ", and withdraws ");
		buffer_add(text, names.names[i], len);
	}
	protected_names_free(&names);
	close(pending);
}

static void tell_pending(struct apply *a, int folder, const char *shown, const char *update)
{
	struct buffer text = { 0 };

	list_withdrawals(folder, shown, update, &text);
	apply_tell(a, APPLY_NOTE, shown,
		   "the update %s is pending%.*s: rivetctl manifest commit %s, or abort %s",
		   update, (int)text.len, text.len ? text.data : "", update, update);
	buffer_free(&text);
}

/**
 * apply_pending() - tell which updates wait for their commit
 * @a: the run
 */
void apply_pending(struct apply *a)
{
	struct protected_names names = { 0 };
	char shown[APPLY_PATH_MAX];
	struct err err = { 0 };
	int folder = -1;
	size_t i;

	apply_path(a, "/etc/rivet/pending.d", shown);
	if (protected_folder(a->folder_fd, "pending.d", shown, &folder, &err))
		return;
	protected_list(folder, shown, &names, &err);
	for (i = 0; i < names.count; i++) {
		if (rivet_name_is_valid(names.names[i], strlen(names.names[i])) &&
		    (!a->ending || strcmp(names.names[i], a->ending)))
			tell_pending(a, folder, shown, names.names[i]);
	}
	protected_names_free(&names);
	close(folder);
}
