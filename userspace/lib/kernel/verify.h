/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - verifications: messages of the kernel about them
 */
#ifndef RIVET_VERIFY_H
#define RIVET_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <uapi/linux/rivet.h>

#include "text/parse.h"

/**
 * struct verify - one message: the summary of a verification, or a file that fails
 * @present: a bit for each attribute that it has
 * @ticket: number of the verification
 * @reason: of a file that fails
 * @state: enum rivet_verify_state
 * @mode: enum rivet_mode
 * @riv_generation: when it was asked for
 * @policy_generation: when it was asked for
 * @started: nanoseconds since 1970
 * @ended: nanoseconds since 1970, or 0
 * @files: see the header of the protocol, as for all of the following
 * @done: FILES_DONE
 * @matched: MATCHED
 * @failed: FAILED
 * @missing: MISSING
 * @any_path: ANY_PATH
 * @not_fresh: NOT_FRESH
 * @unlisted: UNLISTED
 * @bytes: BYTES
 * @bytes_done: BYTES_DONE
 * @bytes_read: BYTES_READ
 * @path: of a file that fails; points into the message, as all slices do
 * @set: name of the set
 * @nonce: of the asker
 * @version: of the module
 * @measured: digest
 * @expected: digest
 */
struct verify {
	uint64_t present;
	uint32_t ticket;
	uint8_t reason;
	uint8_t state;
	uint8_t mode;
	uint64_t riv_generation;
	uint64_t policy_generation;
	uint64_t started;
	uint64_t ended;
	uint64_t files;
	uint64_t done;
	uint64_t matched;
	uint64_t failed;
	uint64_t missing;
	uint64_t any_path;
	uint64_t not_fresh;
	uint64_t unlisted;
	uint64_t bytes;
	uint64_t bytes_done;
	uint64_t bytes_read;
	struct rivet_slice path;
	struct rivet_slice set;
	struct rivet_slice nonce;
	struct rivet_slice version;
	struct rivet_slice measured;
	struct rivet_slice expected;
};

/**
 * verify_has() - check whether a message has an attribute
 * @message: the message
 * @attr: RIVET_A_VERIFY_*
 *
 * Return: true if so.
 */
static inline bool verify_has(const struct verify *message, unsigned int attr)
{
	return message->present & 1ULL << attr;
}

int verify_decode(const struct nlmsghdr *nlh, struct verify *out);

#endif /* RIVET_VERIFY_H */
