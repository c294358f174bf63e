/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the content of a compressed kernel module
 */
#ifndef RIVET_UNPACK_H
#define RIVET_UNPACK_H

#include <stddef.h>

#include "lib/base/err.h"

/** enum unpack_form - the compression of a file */
enum unpack_form {
	UNPACK_NONE,
	UNPACK_XZ,
	UNPACK_GZ,
	UNPACK_ZST,
};

/**
 * struct unpack_sink - receiver of the content, piece by piece; to be embedded
 * @take: called for each piece; returns EXIT_OK, or the exit status that ends it
 */
struct unpack_sink {
	int (*take)(struct unpack_sink *sink, const void *bytes, size_t len, struct err *err);
};

enum unpack_form unpack_module_form(int fd, const char *path);
size_t unpack_module_name_len(const char *path);
int unpack_fd(int fd, const char *name, enum unpack_form form, struct unpack_sink *sink,
	      struct err *err);

#endif /* RIVET_UNPACK_H */
