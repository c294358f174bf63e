/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - a manifest read and written again, for the unit tests and the fuzzers
 */
#ifndef _RIVET_MANIFEST_TEXT_H
#define _RIVET_MANIFEST_TEXT_H

#include "object/manifest.h"

int manifest_rewrite(const char *text, size_t len, char *buf, size_t size,
		     struct rivet_parse_error *err);
bool manifest_skims(const char *text, size_t len);

#endif /* _RIVET_MANIFEST_TEXT_H */
