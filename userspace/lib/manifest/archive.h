/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - packages, archives and images: files that hold the files of a gateway
 */
#ifndef RIVET_ARCHIVE_H
#define RIVET_ARCHIVE_H

#include "lib/manifest/unarchive.h"

/**
 * struct archive_kind - a kind of file that holds other files
 * @name: its name
 * @next: the way to the files in it, where it is not read
 * @form: the form in which it is read; UNARCHIVE_NONE if it is not
 */
struct archive_kind {
	const char *name;
	const char *next;
	enum unarchive_form form;
};

const struct archive_kind *archive_kind_of(int fd, const char *path);

#endif /* RIVET_ARCHIVE_H */
