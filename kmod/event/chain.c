// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - event/chain: the digest of each event over the one before
 *
 * Documentation/formats.md defines it.
 */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "compat/sha2.h"
#include "event/chain.h"
#include "event/event.h"
#include "event/fields.h"
#include "event/line.h"

static_assert(RIVET_CHAIN_SIZE == SHA256_DIGEST_SIZE, "a link is a SHA-256");

static void hash_bytes(void *out, const char *bytes, size_t len)
{
	sha256_update(out, (const u8 *)bytes, len);
}

/* The number is hashed with the link, and the links are no part of themselves. */
static bool is_hashed(const struct rivet_event_field *field)
{
	return field->attr != RIVET_A_EVENT_SEQ && field->form != RIVET_FORM_LINK;
}

/**
 * rivet_chain_digest() - hash the words of an event
 * @event: the event; number and links do not count
 * @digest: the result
 *
 * Context: any.
 */
void rivet_chain_digest(const struct rivet_event *event, u8 digest[RIVET_CHAIN_SIZE])
{
	struct rivet_event_cursor c = { .event = event };
	struct sha256_ctx sha;
	struct rivet_event_line line = { .put = hash_bytes, .out = &sha };
	bool first = true;

	sha256_init(&sha);
	while (rivet_event_next_field(&c)) {
		if (!is_hashed(c.field))
			continue;
		if (!first)
			hash_bytes(&sha, " ", 1);
		first = false;
		rivet_event_line_word(&line, &c);
	}
	sha256_final(&sha, digest);
}

/**
 * rivet_chain_extend() - add a link
 * @chain: the chain up to the event before; replaced
 * @seq: number of the event
 * @digest: of rivet_chain_digest(); zeros for an event that is lost
 *
 * Context: any.
 */
void rivet_chain_extend(u8 chain[RIVET_CHAIN_SIZE], u64 seq, const u8 digest[RIVET_CHAIN_SIZE])
{
	struct {
		u8 before[RIVET_CHAIN_SIZE];
		__be64 seq;
		u8 digest[RIVET_CHAIN_SIZE];
	} __packed link;

	memcpy(link.before, chain, RIVET_CHAIN_SIZE);
	link.seq = cpu_to_be64(seq);
	memcpy(link.digest, digest, RIVET_CHAIN_SIZE);
	sha256((const u8 *)&link, sizeof(link), chain);
}
