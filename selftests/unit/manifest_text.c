// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - a manifest read and written again, for the unit tests and the fuzzers
 *
 * There is one canonical form: the text written equals the text read, or the
 * parser accepts two texts for one meaning.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "manifest_text.h"
#include "text/format.h"

static void put_slice(struct rivet_format *f, struct rivet_slice slice)
{
	size_t i;

	for (i = 0; i < slice.len; i++)
		rivet_format_char(f, slice.ptr[i]);
}

static void put_number(struct rivet_format *f, u64 number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	rivet_format_text(f, text);
}

static void put_time(struct rivet_format *f, s64 time)
{
	time_t seconds = time;
	char text[64];
	struct tm tm;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &tm));
	rivet_format_text(f, text);
}

static void put_headers(struct rivet_format *f, const struct rivet_manifest *m)
{
	rivet_format_text(f, "riv-manifest 1\nname: ");
	put_slice(f, m->name);
	if (m->kind == RIVET_MANIFEST_REVOKE)
		rivet_format_text(f, "\nkind: revoke");
	if (m->kind == RIVET_MANIFEST_RELEASE)
		rivet_format_text(f, "\nkind: release");
	rivet_format_text(f, "\nversion: ");
	put_number(f, m->version);
	if (m->replaces.len) {
		rivet_format_text(f, "\nreplaces: ");
		put_slice(f, m->replaces);
	}
	if (m->issued) {
		rivet_format_text(f, "\nissued: ");
		put_time(f, m->issued);
	}
	if (m->valid_until) {
		rivet_format_text(f, "\nvalid-until: ");
		put_time(f, m->valid_until);
	}
	rivet_format_text(f, "\ncount: ");
	put_number(f, m->count);
	rivet_format_char(f, '\n');
}

/* The path goes through its real bytes and back */
static void put_path(struct rivet_format *f, struct rivet_slice path)
{
	char real[RIVET_PATH_MAX], text[2 * RIVET_PATH_MAX];
	ssize_t len = rivet_path_unescape(path, real, sizeof(real));

	if (len < 0 || rivet_path_escape(real, len, text, sizeof(text)) < 0)
		rivet_format_text(f, "(a path that does not come back)");
	else
		rivet_format_text(f, text);
}

static void put_entry(struct rivet_format *f, const struct rivet_manifest_entry *entry)
{
	char text[128];

	rivet_digest_format(&entry->digest, text, sizeof(text));
	rivet_format_text(f, text);
	if (entry->path.len) {
		rivet_format_char(f, ' ');
		put_number(f, entry->size);
		rivet_format_char(f, ' ');
		rivet_name_uses_format(entry->uses, text, sizeof(text));
		rivet_format_text(f, text);
		rivet_format_char(f, ' ');
		put_path(f, entry->path);
	}
	rivet_format_char(f, '\n');
}

/*
 * Read all of a manifest and write it to @buf, terminated. Returns the result
 * of the parser: 0, or its error.
 */
int manifest_rewrite(const char *text, size_t len, char *buf, size_t size,
		     struct rivet_parse_error *err)
{
	struct rivet_format f = { .buf = buf, .size = size };
	struct rivet_manifest_entry entry;
	struct rivet_manifest m;
	int ret = rivet_manifest_open(&m, text, len, err);

	if (ret)
		return ret;
	put_headers(&f, &m);
	while ((ret = rivet_manifest_next(&m, &entry, err)) > 0)
		put_entry(&f, &entry);
	rivet_format_end(&f);
	return ret;
}

static bool same_place(struct rivet_slice a, struct rivet_slice b)
{
	return a.len == b.len && (!a.len || a.ptr == b.ptr);
}

/*
 * Whether skimming finds the path of each entry that is read. Of an entry that is refused it
 * may find anything inside the text.
 */
bool manifest_skims(const char *text, size_t len)
{
	struct rivet_manifest_entry entry;
	struct rivet_manifest m, skimmed;
	struct rivet_slice path;
	int ret = 1;

	if (rivet_manifest_open(&m, text, len, NULL))
		return true;
	skimmed = m;
	while (rivet_manifest_skim(&skimmed, &path)) {
		if (path.len && (path.ptr < text || path.ptr + path.len >= text + len))
			return false;
		if (ret > 0)
			ret = rivet_manifest_next(&m, &entry, NULL);
		if (ret == 0 || (ret > 0 && !same_place(path, entry.path)))
			return false;
	}
	return ret < 0 || rivet_manifest_next(&m, &entry, NULL) <= 0;
}
