/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - texts to be signed: opening files that hold them, checking their form
 */
#ifndef RIVET_OBJECT_H
#define RIVET_OBJECT_H

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "object/manifest.h"
#include "object/split.h"
#include "policy/parser.h"

/* Bytes of the largest signed text */
#define OBJECT_FILE_MAX	(RIVET_MANIFEST_MAX + RIVET_SIGNATURE_MAX + RIVET_OBJECT_TRAILER + \
			 sizeof(RIVET_OBJECT_MAGIC) - 1)

/**
 * struct object_file - a file with a text, signed or not
 * @name: its name in errors
 * @data: the whole file; the other members point into it
 * @is_signed: a signature is appended
 * @parts: text and signature; without a signature, its members are NULL and 0
 */
struct object_file {
	const char *name;
	struct buffer data;
	bool is_signed;
	struct rivet_object parts;
};

int object_take(struct object_file *file, const char *name, struct buffer *data,
		enum rivet_object_kind kind, struct err *err);
int object_open(struct object_file *file, const char *path, enum rivet_object_kind kind,
		struct err *err);
void object_close(struct object_file *file);
int object_check(const struct object_file *file, struct err *err);
const char *object_kind_name(enum rivet_object_kind kind);

int object_read_manifest(const struct object_file *file, struct rivet_manifest *manifest,
			 struct err *err);
int object_next_entry(const struct object_file *file, struct rivet_manifest *manifest,
		      struct rivet_manifest_entry *entry, struct err *err);
int object_read_policy(const struct object_file *file, struct rivet_rules *rules,
		       struct err *err);

#endif /* RIVET_OBJECT_H */
