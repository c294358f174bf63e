/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - configuration files: lines of key = value
 */
#ifndef RIVET_KEYED_H
#define RIVET_KEYED_H

#include "lib/base/err.h"
#include "text/parse.h"

const char *keyed_split(struct rivet_slice line, struct rivet_slice *key,
			struct rivet_slice *value);
int keyed_parse(struct rivet_slice text, const char *path,
		const char *(*take)(struct rivet_slice key, struct rivet_slice value, void *arg),
		void *arg, struct err *err);

#endif /* RIVET_KEYED_H */
