/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - files that nobody but root can have changed
 */
#ifndef RIVET_PROTECTED_H
#define RIVET_PROTECTED_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/file.h"

#define PROTECTED_NAMES_MAX	1024	/* files of one folder */

/**
 * struct protected_names - the names in a folder, sorted by their bytes
 * @names: the names, in @text
 * @count: number of @names
 * @text: the names one after another, each with a NUL
 */
struct protected_names {
	const char **names;
	size_t count;
	struct buffer text;
};

int protected_root(const char *path, int *fd, struct err *err);
int protected_folder(int from, const char *path, const char *shown, int *fd, struct err *err);
int protected_make_folder(int from, const char *path, const char *shown, int *fd,
			  struct err *err);
int protected_list(int folder, const char *shown, struct protected_names *out, struct err *err);
void protected_names_free(struct protected_names *names);
int protected_read(int folder, const char *name, const char *shown, size_t max,
		   struct buffer *out, struct err *err);
int protected_write(int folder, const char *name, const char *shown, const struct buffer *data,
		    struct err *err);

#endif /* RIVET_PROTECTED_H */
