/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - manifests: the text form of a RIV set, of a revocation or of a release
 *
 * The parser allocates nothing and keeps nothing: rivet_manifest_open() reads
 * the headers, and each rivet_manifest_next() reads one entry. Everything it returns
 * points into the text, which the caller keeps.
 */
#ifndef _RIVET_OBJECT_MANIFEST_H
#define _RIVET_OBJECT_MANIFEST_H

#include "text/digest.h"
#include "text/names.h"
#include "text/parse.h"
#include "text/path.h"

/** enum rivet_manifest_kind - purpose of the entries */
enum rivet_manifest_kind {
	RIVET_MANIFEST_SET,	/* they vouch for files */
	RIVET_MANIFEST_REVOKE,	/* these digests and certificates are no longer valid */
	RIVET_MANIFEST_RELEASE,	/* these digests leave quarantine */
};

/**
 * struct rivet_manifest - a manifest being read
 * @kind: set, revocation or release
 * @name: its name
 * @version: its version
 * @replaces: name of the set that this one replaces; length 0 if none
 * @issued: seconds since 1970 when it was issued; 0 if it does not say
 * @valid_until: seconds since 1970 after which the set is expired; 0 if never
 * @count: number of entries according to the header
 * @text: the whole text
 * @len: its bytes
 * @pos: offset of the next entry
 * @line: line of the next entry
 * @seen: entries returned so far
 * @prev_path: path of the last entry, still escaped, to check the order
 * @prev_digest: digest of the last entry
 */
struct rivet_manifest {
	enum rivet_manifest_kind kind;
	struct rivet_slice name;
	u64 version;
	struct rivet_slice replaces;
	s64 issued;
	s64 valid_until;
	u32 count;
	/* for the parser alone: */
	const char *text;
	size_t len;
	size_t pos;
	u32 line;
	u32 seen;
	struct rivet_slice prev_path;
	struct rivet_digest prev_digest;
};

/**
 * struct rivet_manifest_entry - one RIV
 * @digest: the reference value; in a revocation also that of a certificate
 * @size: size of the file in bytes
 * @uses: bits of enum rivet_use
 * @path: path as written, still escaped; "*" for any path; length 0 in a
 *	revocation or release that names only a digest
 */
struct rivet_manifest_entry {
	struct rivet_digest digest;
	u64 size;
	u32 uses;
	struct rivet_slice path;
};

int rivet_manifest_open(struct rivet_manifest *m, const char *text, size_t len,
			struct rivet_parse_error *err);
int rivet_manifest_next(struct rivet_manifest *m, struct rivet_manifest_entry *entry,
			struct rivet_parse_error *err);
bool rivet_manifest_skim(struct rivet_manifest *m, struct rivet_slice *path);
bool rivet_manifest_any_path(struct rivet_slice path);

#endif /* _RIVET_OBJECT_MANIFEST_H */
