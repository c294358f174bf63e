/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the kernel's list of loaded sets
 */
#ifndef RIVETCTL_LOADED_SETS_H
#define RIVETCTL_LOADED_SETS_H

#include "lib/base/text.h"
#include "verbs.h"

/**
 * struct loaded_set - one line of the kernel's list
 * @kind: "set" or "revoke"
 * @name: its name
 * @version: its version
 * @values: number of values
 * @bytes: kernel memory
 * @expires: time; length 0 if it never expires
 * @expired: the time has passed
 * @revoked: the certificate of its signature is revoked
 */
struct loaded_set {
	struct rivet_slice kind;
	struct rivet_slice name;
	u64 version;
	u64 values;
	u64 bytes;
	struct rivet_slice expires;
	bool expired;
	bool revoked;
};

bool loaded_set_parse(struct rivet_slice line, struct loaded_set *out);
bool loaded_set_counts(struct rivet_slice name, u64 version);
void loaded_set_print(const struct loaded_set *set);
void loaded_set_json(struct json *json, const struct loaded_set *set);

#endif /* RIVETCTL_LOADED_SETS_H */
