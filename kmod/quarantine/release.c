// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/release: signed objects that end entries of the list
 *
 * A release is a manifest of "kind: release". It ends the entries that there are when it is
 * loaded, and each of its versions does so once: an old one that somebody has kept
 * ends no entry that is made later. It vouches for nothing: a rule with QUARANTINE may make the
 * entry anew at the next use.
 */
#include <linux/sched.h>
#include <linux/string.h>

#include "event/event.h"
#include "object/clock.h"
#include "object/manifest.h"
#include "object/split.h"
#include "object/version.h"
#include "quarantine/end.h"
#include "quarantine/release.h"
#include "trust/trust.h"

static int refuse(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_QUARANTINE, error, "release refused: %s", why);
	return error;
}

static int refuse_text(int error, const struct rivet_parse_error *err)
{
	rivet_event_change(RIVET_EVENT_QUARANTINE, error,
			   "release refused: line %u column %u: expected %s%s",
			   err->line, err->column, err->expected, err->found);
	return error;
}

/* Reads all entries, and ends those of the list with their digests if @end. */
static int walk(const struct rivet_object *object, struct rivet_manifest *m, bool end,
		unsigned int *ended)
{
	struct rivet_manifest_entry entry;
	struct rivet_parse_error err = {};
	int ret = rivet_manifest_open(m, object->text, object->text_len, &err);

	while (!ret) {
		ret = rivet_manifest_next(m, &entry, &err);
		if (ret <= 0)
			break;
		if (end)
			*ended += rivet_quarantine_end_digest(&entry.digest);
		cond_resched();
		ret = 0;
	}
	return ret ? refuse_text(ret, &err) : 0;
}

static int check_headers(const struct rivet_manifest *m)
{
	if (m->kind != RIVET_MANIFEST_RELEASE)
		return refuse(-EINVAL, "it has no kind: release; a set goes to the file riv, a revocation to revoke");
	if (m->replaces.len)
		return refuse(-EINVAL, "a release replaces nothing");
	if (rivet_clock_is_past(m->valid_until))
		return refuse(-ESTALE, "it is past its valid-until");
	/* Not even the same version again, with the same text. */
	if (rivet_floor_check(RIVET_FLOOR_RELEASE, m->name, m->version - 1, NULL))
		return refuse(-ESTALE, "this version or a later one of its name was loaded: raise version:");
	return 0;
}

static int take_floor(const struct rivet_manifest *m, const struct rivet_digest *text)
{
	int ret = rivet_floor_reserve(RIVET_FLOOR_RELEASE, m->name);

	if (!ret)
		ret = rivet_floor_reserve_issued(m->issued);
	if (ret)
		return refuse(ret, "no room for its floor");
	rivet_floor_accept(RIVET_FLOOR_RELEASE, m->name, m->version, text);
	rivet_floor_accept_issued(m->issued);
	return 0;
}

static int open_release(const void *data, size_t len, struct rivet_object *object,
			struct rivet_digest *text_digest)
{
	struct rivet_parse_error err = {};
	struct rivet_digest signer;
	const char *why;
	int ret = rivet_object_split(data, len, object, &err);

	if (ret)
		return refuse_text(ret, &err);
	if (object->kind != RIVET_OBJECT_MANIFEST)
		return refuse(-EBADMSG, "it is no manifest");
	if (object->text_len > RIVET_RELEASE_MAX)
		return refuse(-EFBIG, "it is larger than 1 MiB");
	ret = rivet_trust_verify(object, &signer, text_digest, &why);
	return ret ? refuse(ret, why) : 0;
}

/**
 * rivet_quarantine_release() - end the entries that a signed release names
 * @data: the signed object
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0, also if none of its digests has an entry; -EKEYREJECTED, -ENOKEY, -EBADMSG,
 * -EFBIG, -EINVAL, -ENOMEM, -EINTR; -ESTALE if this version was loaded before, a later one
 * was, or it has expired; -ENOSPC if there is no room for its floor.
 */
int rivet_quarantine_release(const void *data, size_t len)
{
	struct rivet_digest text_digest;
	struct rivet_object object;
	struct rivet_manifest m;
	unsigned int ended = 0;
	int ret = open_release(data, len, &object, &text_digest);

	if (!ret)
		ret = walk(&object, &m, false, NULL);
	if (!ret)
		ret = check_headers(&m);
	if (!ret)
		ret = take_floor(&m, &text_digest);
	if (!ret)
		ret = walk(&object, &m, true, &ended);
	if (!ret)
		rivet_event_change(RIVET_EVENT_QUARANTINE, 0,
				   "release %.*s version %llu: %u of its %u digests had an entry",
				   (int)m.name.len, m.name.ptr, m.version, ended, m.count);
	return ret;
}
