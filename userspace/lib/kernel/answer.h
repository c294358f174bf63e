/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the kernel's answer to a check of a file
 */
#ifndef RIVET_ANSWER_H
#define RIVET_ANSWER_H

#include <stdbool.h>

#include <uapi/linux/rivet.h>

#include "lib/base/file.h"
#include "text/parse.h"

/**
 * struct answer_op - the kernel's answer about one operation
 * @present: the answer has this operation
 * @permitted: enforce mode would permit it
 * @asked: some hook asks about it; only rules that name the file make the kernel ask about
 * reading
 * @reason: enum rivet_reason, or -1 for a word of a newer kernel
 * @action: word
 * @reason_word: word
 * @rule: line of the policy, 0 for the built-in one
 * @set: RIV set; length 0 if none
 * @set_version: its version
 * @expected: digest that a RIV names for the path; length 0 if none
 * @expected_path: path that a RIV names for the digest, escaped; length 0 if none
 */
struct answer_op {
	bool present;
	bool permitted;
	bool asked;
	int reason;
	struct rivet_slice action;
	struct rivet_slice reason_word;
	u64 rule;
	struct rivet_slice set;
	struct rivet_slice set_version;
	struct rivet_slice expected;
	struct rivet_slice expected_path;
};

/**
 * struct answer - the whole answer; points into the text
 * @path: escaped
 * @measured: digest; "-" if it was not measured
 * @size: bytes
 * @fsmagic: as the kernel wrote it
 * @ops: by enum rivet_op
 */
struct answer {
	struct rivet_slice path;
	struct rivet_slice measured;
	u64 size;
	struct rivet_slice fsmagic;
	struct answer_op ops[__RIVET_OP_MAX];
};

int answer_parse(const struct buffer *text, struct answer *out);
bool answer_is_runnable(const struct answer *answer, bool has_x);
enum rivet_op answer_main(const struct answer *answer, bool has_x);

#endif /* RIVET_ANSWER_H */
