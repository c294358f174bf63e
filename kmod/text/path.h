/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - paths as manifests write them: escapes, order, the one canonical form
 */
#ifndef _RIVET_TEXT_PATH_H
#define _RIVET_TEXT_PATH_H

#include "text/parse.h"

#define RIVET_PATH_MAX	4096	/* bytes of an unescaped path with its NUL, as PATH_MAX */

const char *rivet_path_find_fault(struct rivet_slice *path);
ssize_t rivet_path_unescape(struct rivet_slice path, char *buf, size_t size);
ssize_t rivet_path_escape(const char *path, size_t len, char *buf, size_t size);
int rivet_path_compare(struct rivet_slice a, struct rivet_slice b);
bool rivet_path_is_canonical(struct rivet_slice path);

#endif /* _RIVET_TEXT_PATH_H */
