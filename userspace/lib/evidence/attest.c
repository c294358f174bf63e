// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: quotes of a TPM
 *
 * The structures are those of the TPM 2.0 library specification, part 2.
 */
#include "text/wire.h"
#include "lib/evidence/attest.h"

#define GENERATED	0xff544347	/* TPM_GENERATED_VALUE: the TPM has made it itself */
#define ATTEST_QUOTE	0x8018		/* TPM_ST_ATTEST_QUOTE */
#define NUMBER_MAX	512		/* bytes of a signature, or of a number in it */

static struct rivet_bytes take_sized(struct rivet_wire *wire)
{
	struct rivet_bytes bytes;

	bytes.at = rivet_wire_sized(wire, &bytes.len);
	return bytes;
}

static bool take_selection(struct rivet_wire *wire, uint32_t *pcrs)
{
	uint32_t count = rivet_wire_number(wire, 4);
	uint32_t bank = rivet_wire_number(wire, 2);
	unsigned int size = rivet_wire_number(wire, 1), i;

	*pcrs = 0;
	if (count != 1 || bank != RIVET_TPM_ALG_SHA256 || size > 4)
		return false;
	for (i = 0; i < size; i++)
		*pcrs |= (uint32_t)rivet_wire_number(wire, 1) << (8 * i);
	return true;
}

/**
 * attest_parse() - read a quote
 * @bytes: a TPMS_ATTEST
 * @out: filled
 *
 * Return: NULL, or the reason for which it is none, for the end of a sentence.
 */
const char *attest_parse(struct rivet_bytes bytes, struct attest *out)
{
	struct rivet_wire wire = { .at = bytes.at, .left = bytes.len };

	if (rivet_wire_number(&wire, 4) != GENERATED)
		return "no TPM has made it";
	if (rivet_wire_number(&wire, 2) != ATTEST_QUOTE)
		return "it is another statement of a TPM than a quote";
	take_sized(&wire);			/* name of the key, below its parents */
	out->qualifying = take_sized(&wire);
	rivet_wire_bytes(&wire, 8);		/* clock */
	out->resets = rivet_wire_number(&wire, 4);
	out->restarts = rivet_wire_number(&wire, 4);
	rivet_wire_bytes(&wire, 1 + 8);		/* whether the clock is right, firmware */
	if (!take_selection(&wire, &out->pcrs))
		return "it is not over PCRs of the SHA-256 bank alone";
	out->digest = take_sized(&wire);
	return wire.is_short || wire.left ? "its length is wrong" : NULL;
}

/**
 * attest_parse_signature() - read a signature
 * @bytes: a TPMT_SIGNATURE
 * @out: filled
 *
 * Return: NULL, or the reason for which it is none that is understood, for the end of a
 * sentence.
 */
const char *attest_parse_signature(struct rivet_bytes bytes, struct attest_signature *out)
{
	struct rivet_wire wire = { .at = bytes.at, .left = bytes.len };

	out->alg = rivet_wire_number(&wire, 2);
	out->hash = rivet_wire_number(&wire, 2);
	out->first = take_sized(&wire);
	out->second = (struct rivet_bytes){ 0 };
	if (out->alg == ATTEST_ALG_ECDSA)
		out->second = take_sized(&wire);
	else if (out->alg != ATTEST_ALG_RSASSA && out->alg != ATTEST_ALG_RSAPSS)
		return "its algorithm is none of ECDSA, RSASSA, RSAPSS";
	if (out->hash != RIVET_TPM_ALG_SHA256 && out->hash != ATTEST_ALG_SHA384)
		return "its digest is neither SHA-256 nor SHA-384";
	if (wire.is_short || wire.left || !out->first.len || out->first.len > NUMBER_MAX ||
	    out->second.len > NUMBER_MAX)
		return "its length is wrong";
	return NULL;
}
