/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the module's state, and one true sentence about it
 */
#ifndef RIVET_STATUS_H
#define RIVET_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <uapi/linux/rivet.h>

#include "lib/base/err.h"
#include "lib/base/file.h"

#define STATUS_TEXT_MAX 1024

/**
 * struct status - an answer to RIVET_CMD_STATUS; members are its attributes
 * @present: one bit per enum rivet_a_status that was present; flags have no
 * other member
 * @mode: enum rivet_mode
 * @confirm_left: seconds until an unconfirmed enforce lapses
 * @signers: keys in .rivet_trust
 * @cas: keys in .rivet_ca
 * @policy_denies: bits of the operations for which the policy can deny
 * @riv_sets: active sets
 * @riv_values: RIVs in them
 * @riv_expired: sets past their valid-until
 * @revoked: revoked digests
 * @riv_generation: generation of the sets
 * @policy_generation: generation of the policy
 * @hooks_live: hooks proven live
 * @hooks_derived: attached, but their call could not be provoked
 * @hooks_missing: wanted, but lacking in this kernel
 * @events_last: newest sequence number, 0 if none
 * @events_oldest: oldest one still held
 * @denials: requests denied since load
 * @kernel_memory: bytes held for RIV sets
 * @faults: parts of /etc/rivet that are not in force
 * @clock_floor: seconds since 1970 when an accepted object was issued; 0 if none says so
 * @anchors: certificates that are trust anchors, built in or named by the kernel command line
 * @version: version of the module
 * @waiting_for: first precondition not met
 * @policy: name of the policy
 * @policy_version: its version
 * @events_chain: event chain up to @events_last
 * @tpm: whether a TPM has the measurement list, one word
 */
struct status {
	uint64_t present;
	uint8_t mode;
	uint32_t confirm_left;
	uint32_t signers;
	uint32_t cas;
	uint32_t policy_denies;
	uint32_t riv_sets;
	uint64_t riv_values;
	uint32_t riv_expired;
	uint64_t revoked;
	uint64_t riv_generation;
	uint64_t policy_generation;
	uint32_t hooks_live;
	uint32_t hooks_derived;
	uint32_t hooks_missing;
	uint64_t events_last;
	uint64_t events_oldest;
	uint64_t denials;
	uint64_t kernel_memory;
	uint32_t anchors;
	uint64_t clock_floor;
	uint32_t faults;
	char version[STATUS_TEXT_MAX];
	char waiting_for[STATUS_TEXT_MAX];
	char policy[STATUS_TEXT_MAX];
	char policy_version[STATUS_TEXT_MAX];
	char events_chain[STATUS_TEXT_MAX];
	char tpm[STATUS_TEXT_MAX];
};

/**
 * status_has() - is this attribute present in the answer?
 * @status: the answer
 * @attr: the attribute
 *
 * Return: true if so.
 */
static inline bool status_has(const struct status *status, enum rivet_a_status attr)
{
	return status->present & 1ULL << attr;
}

#define STATUS_NOT_LOADED "Not loaded: rivet protects nothing; modprobe rivet loads it."

int status_decode(const struct nlmsghdr *nlh, struct status *out);
bool status_is_enforcing(const struct status *status);
enum exit_code status_exit(const struct status *status);
void status_sentence(const struct status *status, struct buffer *out);

#endif /* RIVET_STATUS_H */
