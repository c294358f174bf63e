// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the module's state, and one true sentence about it
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>

#include "lib/base/attrs.h"
#include "lib/base/text.h"
#include "lib/kernel/status.h"
#include "text/names.h"

/* Operations that a policy must be able to deny to be called enforcing */
#define MUST_DENY (1U << RIVET_OP_EXECUTE | 1U << RIVET_OP_MMAP)

/* Where the strings of an answer are until they are copied out of the message */
struct answer {
	struct status status;
	struct rivet_slice version;
	struct rivet_slice waiting_for;
	struct rivet_slice policy;
	struct rivet_slice policy_version;
	struct rivet_slice events_chain;
	struct rivet_slice tpm;
};

#define FIELD(attr, kind, member) \
	[RIVET_A_STATUS_##attr] = { MNL_TYPE_##kind, offsetof(struct answer, member) }

static const struct attr_field fields[__RIVET_A_STATUS_MAX] = {
	FIELD(VERSION, NUL_STRING, version),
	FIELD(MODE, U8, status.mode),
	FIELD(WAITING, FLAG, status.present),
	FIELD(WAITING_FOR, NUL_STRING, waiting_for),
	FIELD(CONFIRM_LEFT, U32, status.confirm_left),
	FIELD(SEALED, FLAG, status.present),
	FIELD(SIGNERS, U32, status.signers),
	FIELD(CAS, U32, status.cas),
	FIELD(POLICY_NAME, NUL_STRING, policy),
	FIELD(POLICY_VERSION, NUL_STRING, policy_version),
	FIELD(POLICY_LOADED, FLAG, status.present),
	FIELD(POLICY_DENIES, U32, status.policy_denies),
	FIELD(RIV_SETS, U32, status.riv_sets),
	FIELD(RIV_VALUES, U64, status.riv_values),
	FIELD(RIV_EXPIRED, U32, status.riv_expired),
	FIELD(REVOKED, U64, status.revoked),
	FIELD(RIV_GENERATION, U64, status.riv_generation),
	FIELD(POLICY_GENERATION, U64, status.policy_generation),
	FIELD(HOOKS_LIVE, U32, status.hooks_live),
	FIELD(HOOKS_DERIVED, U32, status.hooks_derived),
	FIELD(HOOKS_MISSING, U32, status.hooks_missing),
	FIELD(EVENTS_LAST, U64, status.events_last),
	FIELD(EVENTS_OLDEST, U64, status.events_oldest),
	FIELD(DENIALS, U64, status.denials),
	FIELD(KERNEL_MEMORY, U64, status.kernel_memory),
	FIELD(ISOLATED, FLAG, status.present),
	FIELD(ANCHORS, U32, status.anchors),
	FIELD(EVENTS_CHAIN, NUL_STRING, events_chain),
	FIELD(ANCHORS_BUILT_IN, FLAG, status.present),
	FIELD(CLOCK_FLOOR, U64, status.clock_floor),
	FIELD(CLOCK_BEHIND, FLAG, status.present),
	FIELD(FAULTS, U32, status.faults),
	FIELD(TPM, NUL_STRING, tpm),
};

static_assert(__RIVET_A_STATUS_MAX <= 64, "struct status.present has a bit for each attribute");

/* Names should be printable ASCII already; this does not rely on the kernel for it. */
static void copy_text(char to[STATUS_TEXT_MAX], struct rivet_slice from)
{
	rivet_name_mark_cut(to, STATUS_TEXT_MAX,
			    rivet_name_escape(from.ptr, from.len, to, STATUS_TEXT_MAX));
}

/**
 * status_decode() - decode an answer to RIVET_CMD_STATUS
 * @nlh: the message, from attrs_next_message()
 * @out: the state
 *
 * Return: 0; -ENOMSG if the message is another command; -EBADMSG if it is
 * malformed or lacks the mode.
 */
int status_decode(const struct nlmsghdr *nlh, struct status *out)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct answer answer = { 0 };
	uint64_t present;

	memset(out, 0, sizeof(*out));
	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return -EBADMSG;
	if (genl->cmd != RIVET_CMD_STATUS)
		return -ENOMSG;
	if (attrs_decode_genl(nlh, fields, __RIVET_A_STATUS_MAX, &answer, &present))
		return -EBADMSG;
	if (!(present & 1ULL << RIVET_A_STATUS_MODE))
		return -EBADMSG;
	*out = answer.status;
	out->present = present;
	copy_text(out->version, answer.version);
	copy_text(out->waiting_for, answer.waiting_for);
	copy_text(out->policy, answer.policy);
	copy_text(out->policy_version, answer.policy_version);
	copy_text(out->events_chain, answer.events_chain);
	copy_text(out->tpm, answer.tpm);
	return 0;
}

/**
 * status_is_enforcing() - is the module enforcing in earnest?
 * @status: the state
 *
 * Return: true if the mode is enforce and the policy can deny both running a
 * file and mapping one executable; anything less is not enforcement.
 */
bool status_is_enforcing(const struct status *status)
{
	return status->mode == RIVET_MODE_ENFORCE &&
	       (status->policy_denies & MUST_DENY) == MUST_DENY;
}

/**
 * status_exit() - exit status for a state
 * @status: the state
 *
 * Return: EXIT_OK if enforcing; else the first that applies of EXIT_NO_RIV,
 * EXIT_NOT_SEALED, EXIT_AUDIT_ONLY, in the order of the work left.
 */
enum exit_code status_exit(const struct status *status)
{
	if (status_is_enforcing(status))
		return EXIT_OK;
	if (!status->riv_sets)
		return EXIT_NO_RIV;
	if (!status_has(status, RIVET_A_STATUS_SEALED))
		return EXIT_NOT_SEALED;
	return EXIT_AUDIT_ONLY;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void add_policy(const struct status *status, struct buffer *out)
{
	if (status_has(status, RIVET_A_STATUS_POLICY_LOADED))
		text_add(out, "policy %s %s", status->policy, status->policy_version);
	else
		text_add(out, "the built-in policy");
}

static void add_sets(const struct status *status, struct buffer *out)
{
	if (status->riv_sets)
		text_add(out, "%" PRIu32 " RIV set%s (%" PRIu64 " value%s)", status->riv_sets,
			 plural(status->riv_sets), status->riv_values, plural(status->riv_values));
	else
		text_add(out, "no RIV set");
}

/* Anything that weakens the state, now or soon, at the end of the sentence */
static void add_but(const struct status *status, struct buffer *out)
{
	if (status->riv_expired)
		text_add(out, "; %" PRIu32 " set%s expired", status->riv_expired,
			 plural(status->riv_expired));
	if (status_has(status, RIVET_A_STATUS_CLOCK_BEHIND))
		text_add(out, "; the clock is wrong");
	if (status->hooks_missing)
		text_add(out, "; %" PRIu32 " hook%s missing", status->hooks_missing,
			 plural(status->hooks_missing));
	if (!status_has(status, RIVET_A_STATUS_SEALED))
		text_add(out, "; trust is not sealed");
	text_add(out, ".");
}

static void add_confirm(const struct status *status, struct buffer *out)
{
	if (status_has(status, RIVET_A_STATUS_CONFIRM_LEFT))
		text_add(out, "; falls back to audit in %" PRIu32 " s unless confirmed: "
			 "rivetctl mode confirm", status->confirm_left);
}

/* Signer and policy come from the disk, and so may the command line that names the signer. */
static void add_next_boot(const struct status *status, struct buffer *out)
{
	if (status_has(status, RIVET_A_STATUS_ANCHORS_BUILT_IN))
		text_add(out, " Root can change this at the next boot if kernel, command line, initramfs and module, which has the trust anchors, are not signed or measured.");
	else if (status_has(status, RIVET_A_STATUS_ANCHORS))
		text_add(out, " Root can change this at the next boot if the kernel command line, which names the trust anchors, is not signed or measured.");
	else
		text_add(out, " Root can change this at the next boot: no trust anchor is built in.");
}

static void say_enforcing(const struct status *status, struct buffer *out)
{
	text_add(out, "Enforcing: ");
	add_policy(status, out);
	text_add(out, " and ");
	add_sets(status, out);
	text_add(out, "; %" PRIu64 " denial%s", status->denials, plural(status->denials));
	if (status_has(status, RIVET_A_STATUS_ISOLATED))
		text_add(out, "; ISOLATED from the network");
	add_confirm(status, out);
	add_but(status, out);
	add_next_boot(status, out);
}

static void say_toothless(const struct status *status, struct buffer *out)
{
	text_add(out, "Not enforcing although mode is enforce: ");
	add_policy(status, out);
	if (!(status->policy_denies & MUST_DENY))
		text_add(out, " permits everything");
	else if (status->policy_denies & 1U << RIVET_OP_EXECUTE)
		text_add(out, " permits every MMAP, and with it every library");
	else
		text_add(out, " permits every EXECUTE");
	add_confirm(status, out);
	add_but(status, out);
}

static void say_audit(const struct status *status, struct buffer *out)
{
	text_add(out, "Audit only: nothing is denied; ");
	add_policy(status, out);
	text_add(out, " and ");
	add_sets(status, out);
	if (status_has(status, RIVET_A_STATUS_WAITING))
		text_add(out, "; waiting to enforce%s%s", *status->waiting_for ? ": " : "",
			 status->waiting_for);
	add_but(status, out);
}

/**
 * status_sentence() - append one true sentence about the state
 * @status: the state
 * @out: destination, without a newline
 */
void status_sentence(const struct status *status, struct buffer *out)
{
	if (status->faults)
		text_add(out, "ALARM: %" PRIu32 " part%s of /etc/rivet %s not in force, see: rivetctl apply. ",
			 status->faults, plural(status->faults), status->faults == 1 ? "is" : "are");
	if (status->mode != RIVET_MODE_ENFORCE)
		say_audit(status, out);
	else if (status_is_enforcing(status))
		say_enforcing(status, out);
	else
		say_toothless(status, out);
}
