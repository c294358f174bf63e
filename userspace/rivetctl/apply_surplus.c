// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - the differences that are left between the folder and the module
 *
 * Nothing is removed from the module. A floor for a name without a file says that an object
 * went missing, since a name that was withdrawn has the file of its withdrawal.
 */
#include <string.h>

#include "apply.h"
#include "lib/kernel/secfs.h"
#include "loaded_sets.h"
#include "trusted_cert.h"

static struct rivet_slice text_of(const struct buffer *buffer)
{
	return (struct rivet_slice){ .ptr = buffer->data, .len = buffer->len };
}

static const char *word_of(const struct apply_item *item)
{
	return item->kind == RIVET_MANIFEST_REVOKE ? "revoke" : "set";
}

static bool is_applied(const struct apply_item *item)
{
	return item->state == APPLY_CHANGED || item->state == APPLY_KEPT;
}

static bool has_file(const struct apply *a, struct rivet_slice kind, struct rivet_slice name)
{
	const struct apply_item *item;

	for (item = a->first; item; item = item->after) {
		if (*item->object && rivet_slice_equal(name, item->object) &&
		    rivet_slice_equal(kind, word_of(item)))
			return true;
	}
	return false;
}

static bool has_newer(const struct apply *a, const struct apply_item *old)
{
	const struct apply_item *item;

	for (item = a->first; item; item = item->after) {
		if (is_applied(item) && item->kind == old->kind &&
		    !strcmp(item->object, old->object) && item->version > old->version)
			return true;
	}
	return false;
}

/* "NAME riv retired": another set took over from it. */
static bool is_retired(const struct buffer *floors, const struct apply_item *old)
{
	struct rivet_slice rest = text_of(floors), line;

	while (text_next_line(&rest, &line)) {
		if (rivet_slice_take_prefix(&line, old->object) &&
		    rivet_slice_equal(line, old->kind == RIVET_MANIFEST_REVOKE ?
				      " revoke retired" : " riv retired"))
			return true;
	}
	return false;
}

/* An old version that a newer one beside it has ended is of no use, and no fault. */
static void forgive_old(struct apply *a, const struct buffer *floors)
{
	struct apply_item *item;

	for (item = a->first; item; item = item->after) {
		if (item->state != APPLY_FAULT || !*item->object ||
		    (!has_newer(a, item) && !is_retired(floors, item)))
			continue;
		item->state = APPLY_SURPLUS;
		item->next = "remove the file";
	}
}

static void tell_loaded(struct apply *a, const struct buffer *sets)
{
	struct rivet_slice rest = text_of(sets), line;
	struct loaded_set set;

	while (text_next_line(&rest, &line)) {
		if (loaded_set_parse(line, &set) && !has_file(a, set.kind, set.name))
			apply_tell(a, APPLY_SURPLUS, "module",
				   "%.*s %.*s version %llu is loaded, and no file for it is in /etc/rivet",
				   (int)set.kind.len, set.kind.ptr, (int)set.name.len, set.name.ptr,
				   (unsigned long long)set.version);
	}
}

static bool has_cert_file(const struct apply *a, struct rivet_slice digest)
{
	const struct apply_item *item;
	char text[RIVET_DIGEST_TEXT_MAX];

	for (item = a->first; item; item = item->after) {
		if (rivet_digest_format(&item->cert, text, sizeof(text)) &&
		    rivet_slice_equal(digest, text))
			return true;
	}
	return false;
}

static void tell_trusted(struct apply *a, const struct buffer *trusted)
{
	struct rivet_slice rest = text_of(trusted), line;
	struct trusted_cert cert;

	while (text_next_line(&rest, &line)) {
		if (trusted_cert_parse(line, &cert) && cert.digest.len && !cert.built_in &&
		    !has_cert_file(a, cert.digest))
			apply_tell(a, APPLY_SURPLUS, "module",
				   "%.*s %.*s is trusted, and no file for it is in /etc/rivet",
				   (int)cert.role.len, cert.role.ptr, (int)cert.description.len,
				   cert.description.ptr);
	}
}

static bool is_loaded(const struct buffer *sets, struct rivet_slice kind,
		      struct rivet_slice name)
{
	struct rivet_slice rest = text_of(sets), line;
	struct loaded_set set;

	while (text_next_line(&rest, &line)) {
		if (loaded_set_parse(line, &set) && rivet_slice_same(set.kind, kind) &&
		    rivet_slice_same(set.name, name))
			return true;
	}
	return false;
}

/* Of a line "NAME KIND VERSION" */
static void check_floor(struct apply *a, const struct buffer *sets, struct rivet_slice line)
{
	struct rivet_slice name, kind, version;
	struct err err;
	char part[64 + RIVET_NAME_MAX];

	if (!text_next_word(&line, &name) || !text_next_word(&line, &kind) ||
	    !text_next_word(&line, &version) || rivet_slice_equal(version, "retired"))
		return;
	if (rivet_slice_equal(kind, "riv"))
		kind = (struct rivet_slice){ .ptr = "set", .len = strlen("set") };
	else if (!rivet_slice_equal(kind, "revoke"))
		return;
	if (has_file(a, kind, name) || is_loaded(sets, kind, name))
		return;
	snprintf(part, sizeof(part), "%.*s %.*s", (int)kind.len, kind.ptr, (int)name.len, name.ptr);
	err_set(&err, EXIT_CONFIG,
		"put it back; of one that was withdrawn, the file of the withdrawal",
		"%s was loaded before, up to version %.*s, and no file for it is in /etc/rivet",
		part, (int)version.len, version.ptr);
	apply_fault(a, part, &err);
}

/**
 * apply_surplus() - compare the module with the folder
 * @a: the run
 */
void apply_surplus(struct apply *a)
{
	struct buffer sets = { 0 }, floors = { 0 }, trusted = { 0 };
	struct rivet_slice rest, line;
	struct err err = { 0 };

	if (!a->loaded)
		return;
	if (secfs_read("riv", &sets, &err) || secfs_read("floor", &floors, &err) ||
	    secfs_read("trust", &trusted, &err))
		apply_fault(a, "module", &err);
	forgive_old(a, &floors);
	tell_trusted(a, &trusted);
	tell_loaded(a, &sets);
	rest = text_of(&floors);
	while (text_next_line(&rest, &line))
		check_floor(a, &sets, line);
	buffer_free(&sets);
	buffer_free(&floors);
	buffer_free(&trusted);
}
