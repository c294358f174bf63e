/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - packages, archives and images: files that hold the files of a gateway
 */
#ifndef RIVET_ARCHIVE_H
#define RIVET_ARCHIVE_H

/**
 * struct archive_kind - a kind of file that holds other files
 * @name: its name
 * @next: the way to the files in it
 */
struct archive_kind {
	const char *name;
	const char *next;
};

const struct archive_kind *archive_kind_of(int fd);

#endif /* RIVET_ARCHIVE_H */
