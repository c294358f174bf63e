// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/quote: values of PCRs that the TPM signs
 *
 * The kernel asks for the signature itself, so nobody needs a device of the TPM for it. The
 * key has no password: each task that may use such a device can have it sign as well.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "evidence/chip.h"
#include "evidence/quote.h"

#define ALL_PCRS	((1U << RIVET_TPM_PCRS) - 1)

static uint tpm_ak __ro_after_init = 0x81010002;
module_param(tpm_ak, uint, 0400);
MODULE_PARM_DESC(tpm_ak, "persistent handle of the TPM's key that signs reports");

/* Returns -EIO for a code of the TPM, so that no caller takes it for success. */
static int fail(char *why, int err, const char *what)
{
	if (err > 0)
		scnprintf(why, RIVET_QUOTE_WHY_MAX, "the TPM answered 0x%x to %s", err, what);
	else if (err == -EBADMSG)
		scnprintf(why, RIVET_QUOTE_WHY_MAX, "the TPM's answer to %s is malformed", what);
	else
		scnprintf(why, RIVET_QUOTE_WHY_MAX, "error %d of the TPM's driver at %s", -err,
			  what);
	return err > 0 ? -EIO : err;
}

static int read_name(struct rivet_quote_signer *signer, char *why)
{
	struct rivet_command command;
	struct rivet_answer answer;
	struct rivet_bytes name;
	int err;

	rivet_command_read_public(&command, tpm_ak);
	err = rivet_chip_send(&command, &answer);
	if (err > 0) {
		scnprintf(why, RIVET_QUOTE_WHY_MAX, "the TPM has no key 0x%08x: it answered 0x%x",
			  tpm_ak, err);
		return -ENOKEY;
	}
	if (err)
		return fail(why, err, "TPM2_ReadPublic");
	err = rivet_command_take_name(answer.bytes, answer.len, &name);
	if (!err) {
		memcpy(signer->name, name.at, name.len);
		signer->name_len = name.len;
	}
	rivet_chip_drop(&answer);
	return err ? fail(why, err, "TPM2_ReadPublic") : 0;
}

static int read_resets(struct rivet_quote_signer *signer, char *why)
{
	struct rivet_command command;
	struct rivet_answer answer;
	int err;

	rivet_command_read_clock(&command);
	err = rivet_chip_send(&command, &answer);
	if (err)
		return fail(why, err, "TPM2_ReadClock");
	err = rivet_command_take_resets(answer.bytes, answer.len, &signer->resets,
					&signer->restarts);
	rivet_chip_drop(&answer);
	return err ? fail(why, err, "TPM2_ReadClock") : 0;
}

static int read_pcrs(struct rivet_quote *quote, char *why)
{
	u32 left = ALL_PCRS, told;
	struct rivet_command command;
	struct rivet_answer answer;
	int err;

	/* A TPM tells eight at once, and at least one. */
	while (left) {
		told = left;
		rivet_command_read_pcrs(&command, left);
		err = rivet_chip_send(&command, &answer);
		if (err)
			return fail(why, err, "TPM2_PCR_Read");
		err = rivet_command_take_pcrs(answer.bytes, answer.len, &told, quote->pcrs);
		rivet_chip_drop(&answer);
		if (err)
			return fail(why, err, "TPM2_PCR_Read");
		left &= ~told;
	}
	return 0;
}

static int keep_quote(struct rivet_quote *quote, const struct rivet_answer *answer)
{
	struct rivet_bytes attest, signature;
	int err = rivet_command_take_quote(answer->bytes, answer->len, &attest, &signature);

	if (err || attest.len > RIVET_QUOTE_ATTEST_MAX ||
	    signature.len > RIVET_QUOTE_SIGNATURE_MAX)
		return -EBADMSG;
	memcpy(quote->attest, attest.at, attest.len);
	quote->attest_len = attest.len;
	memcpy(quote->signature, signature.at, signature.len);
	quote->signature_len = signature.len;
	return 0;
}

static int ask_quote(struct rivet_quote *quote, const u8 qualifying[RIVET_TPM_DIGEST], char *why)
{
	struct rivet_command command;
	struct rivet_answer answer;
	int err;

	rivet_command_quote(&command, tpm_ak, ALL_PCRS, qualifying);
	err = rivet_chip_send(&command, &answer);
	if (err)
		return fail(why, err, "TPM2_Quote");
	err = keep_quote(quote, &answer);
	rivet_chip_drop(&answer);
	return err ? fail(why, err, "TPM2_Quote") : 0;
}

/**
 * rivet_quote_check() - check the parameter tpm_ak
 *
 * Context: any.
 * Return: 0; -EINVAL unless it is the handle of a persistent object.
 */
int __init rivet_quote_check(void)
{
	return tpm_ak >> 24 == 0x81 ? 0 : -EINVAL;
}

/**
 * rivet_quote_find_signer() - find the key that will sign
 * @signer: filled
 * @why: set to the reason if there is none
 *
 * Context: may sleep; only in a job of evidence/tpm.
 * Return: 0 or a negative errno.
 */
int rivet_quote_find_signer(struct rivet_quote_signer *signer, char why[RIVET_QUOTE_WHY_MAX])
{
	int err = rivet_chip_hold();

	if (err)
		return fail(why, err, "its use");
	err = read_name(signer, why);
	if (!err)
		err = read_resets(signer, why);
	rivet_chip_let_go();
	return err;
}

/**
 * rivet_quote_make() - have the TPM sign the values of its PCRs
 * @quote: filled
 * @qualifying: signed with them
 * @why: set to the reason if it does not
 *
 * Nobody else changes a PCR between the values and the signature.
 *
 * Context: may sleep; only in a job of evidence/tpm.
 * Return: 0 or a negative errno.
 */
int rivet_quote_make(struct rivet_quote *quote, const u8 qualifying[RIVET_TPM_DIGEST],
		     char why[RIVET_QUOTE_WHY_MAX])
{
	int err = rivet_chip_hold();

	if (err)
		return fail(why, err, "its use");
	err = read_pcrs(quote, why);
	if (!err)
		err = ask_quote(quote, qualifying, why);
	rivet_chip_let_go();
	return err;
}
