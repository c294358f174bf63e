// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - verifications: messages of the kernel about them
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/base/attrs.h"
#include "lib/kernel/verify.h"

#define FIELD(attr, kind, member) \
	[RIVET_A_VERIFY_##attr] = { MNL_TYPE_##kind, offsetof(struct verify, member) }

static const struct attr_field fields[__RIVET_A_VERIFY_MAX] = {
	FIELD(TICKET, U32, ticket),
	FIELD(PATH, NUL_STRING, path),
	FIELD(SET, NUL_STRING, set),
	FIELD(ALL, FLAG, present),
	FIELD(FRESH, FLAG, present),
	FIELD(NONCE, BINARY, nonce),
	FIELD(SCHEDULED, FLAG, present),
	FIELD(STATE, U8, state),
	FIELD(MODE, U8, mode),
	FIELD(VERSION, NUL_STRING, version),
	FIELD(RIV_GENERATION, U64, riv_generation),
	FIELD(POLICY_GENERATION, U64, policy_generation),
	FIELD(STARTED, U64, started),
	FIELD(ENDED, U64, ended),
	FIELD(FILES, U64, files),
	FIELD(FILES_DONE, U64, done),
	FIELD(MATCHED, U64, matched),
	FIELD(FAILED, U64, failed),
	FIELD(MISSING, U64, missing),
	FIELD(ANY_PATH, U64, any_path),
	FIELD(NOT_FRESH, U64, not_fresh),
	FIELD(UNLISTED, U64, unlisted),
	FIELD(BYTES, U64, bytes),
	FIELD(BYTES_DONE, U64, bytes_done),
	FIELD(BYTES_READ, U64, bytes_read),
	FIELD(INCOMPLETE, FLAG, present),
	FIELD(REASON, U8, reason),
	FIELD(MEASURED, NUL_STRING, measured),
	FIELD(EXPECTED, NUL_STRING, expected),
	FIELD(GONE, FLAG, present),
	FIELD(FORGOTTEN, FLAG, present),
};

static_assert(__RIVET_A_VERIFY_MAX <= 64, "struct verify.present has a bit for each attribute");

/**
 * verify_decode() - decode an answer about a verification
 * @nlh: the message, from attrs_next_message()
 * @out: the message decoded; its slices point into @nlh
 *
 * Return: 0; -EBADMSG if it is malformed, or has neither a ticket nor a reason with a path.
 */
int verify_decode(const struct nlmsghdr *nlh, struct verify *out)
{
	uint64_t present;

	memset(out, 0, sizeof(*out));
	if (attrs_decode_genl(nlh, fields, __RIVET_A_VERIFY_MAX, out, &present))
		return -EBADMSG;
	out->present = present;
	if (!verify_has(out, RIVET_A_VERIFY_TICKET) &&
	    !(verify_has(out, RIVET_A_VERIFY_REASON) && verify_has(out, RIVET_A_VERIFY_PATH)))
		return -EBADMSG;
	return 0;
}
