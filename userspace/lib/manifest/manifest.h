/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - manifests: making one from a list of files, and showing parts of one
 */
#ifndef RIVET_MANIFEST_H
#define RIVET_MANIFEST_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "object/manifest.h"

#define MANIFEST_ANY_PATH	"*"	/* path of an entry that fits any path */
#define MANIFEST_TIME_MAX	32	/* size of a time as text */
#define MANIFEST_USES_MAX	64	/* size of all uses as text */
#define MANIFEST_SHOWN_PATH_MAX	(4 * RIVET_PATH_MAX)

/**
 * struct manifest_item - an entry to be written
 * @digest: reference value
 * @size: bytes of the file
 * @uses: bits of enum rivet_use
 * @path: escaped path for the manifest; empty in a revocation or release that
 *	names the digest alone
 */
struct manifest_item {
	struct rivet_digest digest;
	u64 size;
	u32 uses;
	char *path;
};

/**
 * struct manifest_list - entries to be written
 * @items: in any order
 * @count: how many
 * @size: number of items allocated
 */
struct manifest_list {
	struct manifest_item *items;
	size_t count;
	size_t size;
};

/**
 * struct manifest_headers - the lines above the entries
 * @name: name of the set, revocation or release
 * @kind: set, revocation or release
 * @version: decimal number
 * @replaces: name of the set that it replaces; NULL for none
 * @issued: RFC 3339 in UTC; NULL if it does not say
 * @valid_until: RFC 3339 in UTC; NULL for ever
 */
struct manifest_headers {
	const char *name;
	enum rivet_manifest_kind kind;
	const char *version;
	const char *replaces;
	const char *issued;
	const char *valid_until;
};

/**
 * struct manifest_part - one of the manifests that a list is divided into
 * @number: which, from 1
 * @count: how many there are
 */
struct manifest_part {
	u32 number;
	u32 count;
};

int manifest_add(struct manifest_list *list, const struct manifest_item *item, const char *path,
		 struct err *err);
void manifest_free(struct manifest_list *list);
int manifest_check_headers(const struct manifest_headers *headers, struct err *err);
int manifest_write(const struct manifest_headers *headers, struct manifest_list *list,
		   const struct manifest_part *part, struct buffer *out, struct err *err);

const char *manifest_kind_name(enum rivet_manifest_kind kind);
const char *manifest_kind_word(enum rivet_manifest_kind kind);
const char *manifest_time(s64 seconds, char buf[MANIFEST_TIME_MAX]);
const char *manifest_shown_path(struct rivet_slice path, char buf[MANIFEST_SHOWN_PATH_MAX]);

#endif /* RIVET_MANIFEST_H */
