// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/command: commands for a TPM 2.0, and its answers, as bytes
 *
 * The forms are those of the TPM 2.0 library specification, part 3.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "evidence/command.h"
#include "text/wire.h"

static void put_number(struct rivet_command *command, u64 number, unsigned int size)
{
	while (size--)
		command->body[command->len++] = number >> (8 * size);
}

static void begin(struct rivet_command *command, u16 tag, u32 code)
{
	command->tag = tag;
	command->code = code;
	command->len = 0;
}

/* TPML_PCR_SELECTION with the SHA-256 bank alone, of PCRs 0 to 23 */
static void put_selection(struct rivet_command *command, u32 pcrs)
{
	unsigned int i;

	put_number(command, 1, 4);
	put_number(command, RIVET_TPM_ALG_SHA256, 2);
	put_number(command, 3, 1);
	for (i = 0; i < 3; i++)
		put_number(command, pcrs >> (8 * i), 1);
}

/**
 * rivet_command_read_public() - ask for the public part of a key
 * @command: filled
 * @key: its handle
 *
 * Context: any.
 */
void rivet_command_read_public(struct rivet_command *command, u32 key)
{
	begin(command, RIVET_TPM_NO_SESSIONS, RIVET_TPM_CC_READ_PUBLIC);
	put_number(command, key, 4);
}

/**
 * rivet_command_read_clock() - ask how often the TPM was reset
 * @command: filled
 *
 * Context: any.
 */
void rivet_command_read_clock(struct rivet_command *command)
{
	begin(command, RIVET_TPM_NO_SESSIONS, RIVET_TPM_CC_READ_CLOCK);
}

/**
 * rivet_command_read_pcrs() - ask for SHA-256 values of PCRs
 * @command: filled
 * @pcrs: a bit for each
 *
 * Context: any.
 */
void rivet_command_read_pcrs(struct rivet_command *command, u32 pcrs)
{
	begin(command, RIVET_TPM_NO_SESSIONS, RIVET_TPM_CC_PCR_READ);
	put_selection(command, pcrs);
}

/**
 * rivet_command_quote() - have a key sign the SHA-256 values of PCRs
 * @command: filled
 * @key: its handle; it has no password, and its own scheme
 * @pcrs: a bit for each PCR
 * @qualifying: signed with them
 *
 * Context: any.
 */
void rivet_command_quote(struct rivet_command *command, u32 key, u32 pcrs,
			 const u8 qualifying[RIVET_TPM_DIGEST])
{
	begin(command, RIVET_TPM_SESSIONS, RIVET_TPM_CC_QUOTE);
	put_number(command, key, 4);
	put_number(command, 4 + 2 + 1 + 2, 4);	/* bytes of the session that follows */
	put_number(command, RIVET_TPM_RS_PW, 4);
	put_number(command, 0, 2 + 1 + 2);	/* no nonce, no attributes, an empty password */
	put_number(command, RIVET_TPM_DIGEST, 2);
	memcpy(command->body + command->len, qualifying, RIVET_TPM_DIGEST);
	command->len += RIVET_TPM_DIGEST;
	put_number(command, RIVET_TPM_ALG_NULL, 2);
	put_selection(command, pcrs);
}

/* The bytes behind the header of an answer. The caller has looked at its code. */
static struct rivet_wire open_answer(const u8 *answer, size_t len)
{
	struct rivet_wire wire = { .at = answer, .left = len };

	rivet_wire_bytes(&wire, RIVET_COMMAND_HEADER);
	return wire;
}

/**
 * rivet_command_take_name() - read the name of a key
 * @answer: to rivet_command_read_public()
 * @len: its bytes
 * @name: set to its name in @answer
 *
 * Context: any.
 * Return: 0, or -EBADMSG.
 */
int rivet_command_take_name(const u8 *answer, size_t len, struct rivet_bytes *name)
{
	struct rivet_wire wire = open_answer(answer, len);
	size_t public_len;

	rivet_wire_sized(&wire, &public_len);
	name->at = rivet_wire_sized(&wire, &name->len);
	return wire.is_short || !name->len || name->len > RIVET_TPM_NAME_MAX ? -EBADMSG : 0;
}

/**
 * rivet_command_take_resets() - read how often the TPM was reset
 * @answer: to rivet_command_read_clock()
 * @len: its bytes
 * @resets: set to the number of resets
 * @restarts: set to the number of restarts since the last reset
 *
 * Context: any.
 * Return: 0, or -EBADMSG.
 */
int rivet_command_take_resets(const u8 *answer, size_t len, u32 *resets, u32 *restarts)
{
	struct rivet_wire wire = open_answer(answer, len);

	rivet_wire_bytes(&wire, 8 + 8);	/* time, clock */
	*resets = rivet_wire_number(&wire, 4);
	*restarts = rivet_wire_number(&wire, 4);
	return wire.is_short ? -EBADMSG : 0;
}

/* Reads the selection of the answer, which may be smaller than that of the command. */
static int take_selection(struct rivet_wire *wire, u32 *pcrs)
{
	u32 count = rivet_wire_number(wire, 4);
	u32 alg = rivet_wire_number(wire, 2);
	unsigned int size = rivet_wire_number(wire, 1), i;

	*pcrs = 0;
	if (count != 1 || alg != RIVET_TPM_ALG_SHA256 || size > 4)
		return -EBADMSG;
	for (i = 0; i < size; i++)
		*pcrs |= (u32)rivet_wire_number(wire, 1) << (8 * i);
	return 0;
}

/**
 * rivet_command_take_pcrs() - read values of PCRs
 * @answer: to rivet_command_read_pcrs()
 * @len: its bytes
 * @pcrs: those that were asked for; set to those that are in the answer
 * @values: those are filled
 *
 * Context: any.
 * Return: 0, or -EBADMSG.
 */
int rivet_command_take_pcrs(const u8 *answer, size_t len, u32 *pcrs,
			    u8 values[RIVET_TPM_PCRS][RIVET_TPM_DIGEST])
{
	struct rivet_wire wire = open_answer(answer, len);
	u32 told, count, pcr;
	const u8 *value;
	size_t size;

	rivet_wire_bytes(&wire, 4);	/* the counter of changes */
	if (take_selection(&wire, &told) || !told || told & ~*pcrs || told >> RIVET_TPM_PCRS)
		return -EBADMSG;
	count = rivet_wire_number(&wire, 4);
	for (pcr = 0; pcr < RIVET_TPM_PCRS; pcr++) {
		if (!(told & (1U << pcr)))
			continue;
		value = rivet_wire_sized(&wire, &size);
		if (size != RIVET_TPM_DIGEST || !count--)
			return -EBADMSG;
		memcpy(values[pcr], value, RIVET_TPM_DIGEST);
	}
	*pcrs = told;
	return count || wire.is_short ? -EBADMSG : 0;
}

/**
 * rivet_command_take_quote() - read a quote
 * @answer: to rivet_command_quote()
 * @len: its bytes
 * @attest: set to the TPMS_ATTEST in @answer
 * @signature: set to the TPMT_SIGNATURE in @answer
 *
 * Context: any.
 * Return: 0, or -EBADMSG.
 */
int rivet_command_take_quote(const u8 *answer, size_t len, struct rivet_bytes *attest,
			     struct rivet_bytes *signature)
{
	struct rivet_wire wire = open_answer(answer, len);
	size_t size = rivet_wire_number(&wire, 4);

	/* The session follows what these bytes hold. */
	if (size > wire.left)
		return -EBADMSG;
	wire.left = size;
	attest->at = rivet_wire_sized(&wire, &attest->len);
	signature->len = wire.left;
	signature->at = rivet_wire_bytes(&wire, wire.left);
	return wire.is_short || !attest->len || !signature->len ? -EBADMSG : 0;
}
