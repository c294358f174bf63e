/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - libarchive, loaded when an archive is read
 *
 * Only the workshop reads archives: a gateway needs no such library.
 */
#ifndef RIVET_LIBARCHIVE_H
#define RIVET_LIBARCHIVE_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"

#define LIBARCHIVE_OK	0
#define LIBARCHIVE_EOF	1
#define LIBARCHIVE_WARN	(-20)	/* as good as OK */

struct archive;
struct archive_entry;

/**
 * struct libarchive - its functions, by their names without "archive_"
 */
struct libarchive {
	struct archive *(*read_new)(void);
	int (*read_free)(struct archive *archive);
	int (*read_support_format_tar)(struct archive *archive);
	int (*read_support_format_ar)(struct archive *archive);
	int (*read_support_filter_gzip)(struct archive *archive);
	int (*read_support_filter_xz)(struct archive *archive);
	int (*read_support_filter_zstd)(struct archive *archive);
	int (*read_support_filter_bzip2)(struct archive *archive);
	int (*read_support_filter_lz4)(struct archive *archive);
	int (*read_open_fd)(struct archive *archive, int fd, size_t block);
	int (*read_next_header)(struct archive *archive, struct archive_entry **entry);
	int (*read_data_block)(struct archive *archive, const void **bytes, size_t *len,
			       int64_t *offset);
	const char *(*error_string)(struct archive *archive);
	const char *(*entry_pathname)(struct archive_entry *entry);
	const char *(*entry_pathname_utf8)(struct archive_entry *entry);
	const char *(*entry_hardlink)(struct archive_entry *entry);
	const char *(*entry_hardlink_utf8)(struct archive_entry *entry);
	mode_t (*entry_filetype)(struct archive_entry *entry);
	mode_t (*entry_perm)(struct archive_entry *entry);
};

const struct libarchive *libarchive_load(struct err *err);

#endif /* RIVET_LIBARCHIVE_H */
